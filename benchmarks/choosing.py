"""How long each policy takes to choose among many trials.

    python -m benchmarks.choosing [--trials 10000]

Makes a tree by growing from random scored trials, and one that is a single chain, and measures
one choice of one slot, after one to warm up. Each choice is made in a tree that is built anew, as
the runner does it, and the time that takes is measured too.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np

from ftassist.search.policies import POLICIES, policy_by_name
from ftassist.search.policy import NodeStatus, SearchTree, TreeNode

TIMES = 7


def make_tree(trials: int, shape: str) -> SearchTree:
    """A tree of so many trials; one in ten failed, one in fifty was repeated."""
    draws = np.random.default_rng(0)
    nodes = [TreeNode("t0000", None, "scored", 0.5, (0.44, 0.56), 300)]
    open_to: list[int] = [0]
    for number in range(1, trials):
        parent = open_to[-1] if shape == "chain" else open_to[int(draws.integers(len(open_to)))]
        failed = draws.random() < 0.1
        score = None if failed else float(np.clip(draws.normal(0.6, 0.05), 0.0, 1.0))
        status: NodeStatus = "failed" if failed else "scored"
        nodes.append(
            TreeNode(
                f"t{number:04d}",
                f"t{parent:04d}",
                status,
                score,
                None if score is None else (score - 0.05, score + 0.05),
                300,
                None if score is None else "tied",
                seconds=60.0,
                idea=f"idea{int(draws.integers(40))}:{int(draws.integers(3))}",
                repeats=() if score is None or draws.random() < 0.98 else (score + 0.01,),
                difference_error=None if failed else 0.03,
            )
        )
        if not failed:
            open_to.append(number)
    return SearchTree(tuple(nodes))


def main() -> None:
    """Prints a line for each policy and shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    wanted = parser.parse_args()
    for shape in ("tree", "chain"):
        tree = make_tree(wanted.trials, shape)
        for name in sorted(POLICIES):
            policy = policy_by_name(name)
            policy.choose(tree, 1)
            took = []
            for _ in range(TIMES):
                began = time.perf_counter()
                policy.choose(SearchTree(tree.nodes), 1)
                took.append(time.perf_counter() - began)
            median = 1000.0 * statistics.median(took)
            print(f"{shape:6} {name:11} {median:7.1f} ms, the longest {1000 * max(took):.1f} ms")


if __name__ == "__main__":
    main()
