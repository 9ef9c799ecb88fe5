"""Tables and pictures of a simulation, and their place in a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from ftassist.errors import DataError
from ftassist.files import write_atomic
from ftassist.simulate.bench import IDEAS, NULL_WORLD, RUNS, SHARES, BenchPlan, BenchRow
from ftassist.simulate.summary import PolicyStanding, Rate, mean_curve, standings

BEGIN, END = "<!-- simulate: begin -->", "<!-- simulate: end -->"
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_MARKS = "osv^DP"


def tables(found: Sequence[PolicyStanding], reference: str) -> str:
    """Regret against the reference, cost of waiting, and wrong claims, as Markdown."""
    worlds = [one for one in found if one.world != NULL_WORLD]
    null = [one for one in found if one.world == NULL_WORLD]
    parts = []
    if worlds:
        parts += ["### Regret of the recommended trial", "", *_regret_rows(worlds, reference), ""]
    if made_up := [one for one in worlds if one.world in IDEAS]:
        parts += ["### Beside it, in the made-up worlds", "", *_other_rows(made_up), ""]
    if null:
        parts += ["### The null world: nothing helps", "", *_null_rows(null), ""]
    return "\n".join(parts).rstrip() + "\n"


def section(
    plan: BenchPlan,
    rows: Sequence[BenchRow],
    reference: str,
    day: str,
    first_seed: int,
    pictures: str,
) -> str:
    """What stands between the marks of the page.

    Args:
        plan: What was played.
        rows: What came of it.
        reference: The policy that others are compared with.
        day: When, in words.
        first_seed: Of each world.
        pictures: Where the pictures lie, as the page links them; "" for none.
    """
    last = [first_seed + n - 1 for n in (plan.seeds, plan.null_seeds, plan.table_seeds)]
    seeds = f"seeds {first_seed} to {last[0]} (to {last[1]} in the null world"
    if any(world not in IDEAS for world in plan.worlds):
        seeds += f", to {last[2]} on each table"
    lines = [f"Played on {day}, {seeds}), with `ftassist simulate`.", ""]
    if pictures:
        lines += [f"![Regret against seconds spent]({pictures}/search-seconds.svg)", ""]
        lines += [f"![Regret against runs]({pictures}/search-runs.svg)", ""]
    return "\n".join([*lines, ""]) + tables(standings(rows, reference), reference)


def write_section(path: Path, text: str) -> None:
    """Puts a section between the marks of a page.

    Raises:
        DataError: There is no such page, or it has no marks.
    """
    before, after = parts_of(path)
    write_atomic(path, f"{before}\n{text}{after}")


def parts_of(path: Path) -> tuple[str, str]:
    """What stands in a page up to the first mark, and from the second on.

    Raises:
        DataError: There is no such page, or it has no marks.
    """
    page = path.read_text(encoding="utf-8") if path.is_file() else ""
    start, end = page.find(BEGIN), page.find(END)
    if not 0 <= start < end:
        raise DataError(
            f"the page has no place for the tables: {BEGIN} ... {END}",
            where=str(path),
            fix="name docs/search.md, or write the two marks into the page",
        )
    return page[: start + len(BEGIN)], page[end:]


def draw(rows: Sequence[BenchRow], folder: Path) -> list[Path]:
    """Two pictures: mean regret against seconds spent and against runs, with fewest workers.

    Of the made-up worlds where there are any, else of the tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = [row for row in rows if row.world != NULL_WORLD]
    shown = [row for row in shown if row.world in IDEAS] or shown
    fewest = min((row.workers for row in shown), default=1)
    shown = [row for row in shown if row.workers == fewest]
    axes = {"seconds": ("share of the budget's seconds", SHARES), "runs": ("runs", RUNS)}
    made = []
    for axis, (label, points) in axes.items():
        path = folder / f"search-{axis}.svg"
        _draw(shown, axis, label, points, path)
        made.append(path)
    return made


def _regret_rows(found: Sequence[PolicyStanding], reference: str) -> list[str]:
    """One row a world and number of workers: the reference's regret, the others' difference."""
    policies = list(dict.fromkeys(one.policy for one in found))
    policies.sort(key=lambda name: name != reference)
    rows = [
        f"Per cent of the way from the base to the best recipe that is missed: of `{reference}` "
        "itself, and how much more (+) or less (-) another policy misses on the same seeds, with "
        "the 95 % bootstrap interval of the paired difference; **bold** where it leaves out zero.",
        "",
        "| world | workers | " + " | ".join(f"`{name}`" for name in policies) + " |",
        "|---|---|" + "---|" * len(policies),
    ]
    for (world, workers), group in groupby(found, key=lambda one: (one.world, one.workers)):
        by_name = {one.policy: one for one in group}
        cells = [_regret_cell(by_name[name]) if name in by_name else "" for name in policies]
        rows.append(f"| {world} | {workers} | {' | '.join(cells)} |")
    return rows


def _regret_cell(one: PolicyStanding) -> str:
    if one.against is None:
        return f"{100 * one.regret.mean:.1f}"
    mean, low, high = (100 * end for end in one.against)
    text = f"{mean:+.1f} [{low:.1f}, {high:.1f}]"
    return f"**{text}**" if low > 0.0 or high < 0.0 else text


def _other_rows(found: Sequence[PolicyStanding]) -> list[str]:
    rows = [
        "Runs a campaign; time it took, as a share of the seconds it spent on one worker; mean "
        "regret over the whole budget, per cent; cheats recommended; milliseconds of this "
        "machine a campaign, the world's own included.",
        "",
        "| world | workers | policy | runs | time | mean regret | cheats | ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        cheats = f"{one.cheated.share:.0%}" if one.world in IDEAS else ""
        rows.append(
            f"| {one.world} | {one.workers} | `{one.policy}` | {one.runs:.1f} | {one.wall:.2f} "
            f"| {100 * one.area:.1f} | {cheats} | {1000 * one.choosing:.0f} |"
        )
    return rows


def _null_rows(found: Sequence[PolicyStanding]) -> list[str]:
    rows = [
        "Every improvement that is claimed is wrong. On validation, in the family of all planned "
        "comparisons; on the sealed test, by fresh seeds; share of campaigns and its interval.",
        "",
        "| workers | policy | wrong claim on validation | on the sealed test | campaigns |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {one.workers} | `{one.policy}` | {_rate(one.false_claims)} "
        f"| {_rate(one.false_sealed)} | {one.false_claims.of} |"
        for one in found
    ]
    return rows


def _rate(rate: Rate) -> str:
    return f"{rate.share:.1%} [{rate.low:.1%}, {rate.high:.1%}]"


def _draw(
    rows: Sequence[BenchRow], axis: str, label: str, points: Sequence[float], path: Path
) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "ftassist"  # the same numbers, the same file
    matplotlib.rcParams["svg.fonttype"] = "none"
    worlds = list(dict.fromkeys(row.world for row in rows))
    across = min(3, len(worlds))
    down = -(-len(worlds) // across)
    figure, places = pyplot.subplots(
        down, across, figsize=(4.2 * across, 3.0 * down), squeeze=False, layout="constrained"
    )
    for place, world in zip(places.flat, worlds, strict=False):
        for number, (policy, group) in enumerate(_by_policy(rows, world).items()):
            regret = [100.0 * point for point in mean_curve(group, axis)]
            colour, mark = _COLOURS[number % 6], _MARKS[number % 6]
            place.plot(points, regret, mark + "-", color=colour, label=policy, markersize=3)
        place.set(title=world, xlabel=label, ylabel="regret, % of the way", ylim=(0, None))
    places.flat[0].legend(fontsize=7)
    for place in list(places.flat)[len(worlds) :]:
        place.set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _by_policy(rows: Iterable[BenchRow], world: str) -> Mapping[str, list[BenchRow]]:
    found: dict[str, list[BenchRow]] = {}
    for row in rows:
        if row.world == world:
            found.setdefault(row.policy, []).append(row)
    return dict(sorted(found.items()))
