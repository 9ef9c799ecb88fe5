from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter

import grimp

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


def test_no_file_is_in_a_circle_of_imports() -> None:
    graph = grimp.build_graph("ftassist", cache_dir=None)
    # A door, not a need: `ftassist.dojo.make` loads it when it is first asked for.
    graph.remove_import(importer="ftassist.dojo", imported="ftassist.campaign.environment")
    needs = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(tuple(TopologicalSorter(needs).static_order())) > 100
