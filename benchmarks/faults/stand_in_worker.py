"""A trial worker whose spare kernel imports nothing ahead of time."""

from __future__ import annotations

import sys

from ftassist.trial import spare, worker

if __name__ == "__main__":
    spare.PRELOADED = ""
    sys.exit(worker.main())
