"""A trial worker whose spare kernel imports nothing ahead of time."""

from __future__ import annotations

import sys

from ftassist.trial import job_run, worker

if __name__ == "__main__":
    job_run.PRELOADED = ""
    sys.exit(worker.main())
