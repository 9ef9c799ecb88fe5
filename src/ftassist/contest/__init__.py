"""A contest of agents: each on each task and seed, with the same budget, and what came of it.

A contest is a folder: `contest.json` (what was asked), a campaign for each bout, `results.json`.

    from ftassist import contest

    asked = contest.Contest(agents=("base", "plain", "playbook"), tasks=("mini_math",), seeds=3)
    contest.run(asked, Path("my-contest"))
    print(contest.page(Path("my-contest")))
"""

from ftassist.contest.plan import Bout, Contest, Entry
from ftassist.contest.record import results
from ftassist.contest.running import run
from ftassist.contest.table import page
from ftassist.contest.verifying import verify_contest

__all__ = ["Bout", "Contest", "Entry", "page", "results", "run", "verify_contest"]
