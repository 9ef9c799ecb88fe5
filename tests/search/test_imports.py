from __future__ import annotations

import subprocess
import sys

PROBE = """
import sys, time
start = time.process_time()
import ftassist.search.policy
seconds = time.process_time() - start
heavy = {"numpy", "scipy", "torch", "yaml"} & set(sys.modules)
sys.exit(f"{sorted(heavy)} after {seconds:.3f} s" if heavy or seconds > 0.2 else 0)
"""


def test_picking_a_parent_brings_no_heavy_library_along() -> None:
    # 20 ms measured, of processor time here: other work on the machine does not count.
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_verdict_can_be_read_without_numpy() -> None:
    probe = "import sys, ftassist.search.verdict; sys.exit('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
