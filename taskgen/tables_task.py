"""mini_tables: fact checks, arithmetic and look-ups over small cuts of real tables.

A row of a source table (a country in all years, a district, a numbered row) belongs to one split.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from taskgen.rawset import Pair, RawSet, leaked, shuffled, with_duplicates, with_wrong_labels
from taskgen.splits import Part
from taskgen.table_questions import KINDS, Kind, Table, claim_of_rows, final, pair, value
from taskgen.table_sources import Source, sources
from taskgen.task_data import TaskData

KEY = "mini_tables"
SEED = 20263
WRONG_SHARE = 0.3
VIEWS = tuple(KINDS)


class Bench:
    """Makes questions on the rows of one split."""

    def __init__(self, tables: Sequence[Source], part: Part, rng: random.Random) -> None:
        self.tables = tables
        self.part = part
        self.rng = rng

    def table(self) -> Table:
        """A cut of three or four rows and two or three columns."""
        while True:
            source = self.rng.choice(list(self.tables))
            group = [e for e in self.rng.choice(source.groups) if e.part == self.part]
            size = self.rng.choice((3, 3, 4))
            if len(group) >= size:
                break
        columns = list(group[0].values)
        kept = sorted(
            self.rng.sample(columns, min(len(columns), self.rng.choice((2, 2, 3)))),
            key=columns.index,
        )
        return Table(source.key, tuple(kept), tuple(self.rng.sample(group, size)))

    def question(self, view: str, *, show_work: bool, kinds: Sequence[Kind] = ()) -> Pair:
        """A question of a view, each kind of it equally often."""
        kind = self.rng.choice(list(kinds or KINDS[view]))
        while True:
            table = self.table()
            draft = kind(table, self.rng)
            if draft is not None:
                return pair(table, draft, view, show_work=show_work)

    def collect(self, size: int, make: Callable[[int], Pair]) -> list[Pair]:
        """`size` pairs with different prompts."""
        found: dict[str, Pair] = {}
        while len(found) < size:
            made = make(len(found))
            found.setdefault(made.prompt, made)
        return list(found.values())

    def mixed(self, size: int, *, show_work: bool) -> list[Pair]:
        """All views in turn; verdicts of fact checks alternate."""
        return self.collect(size, lambda n: self.balanced(VIEWS[n % 3], n, show_work=show_work))

    def balanced(self, view: str, number: int, *, show_work: bool) -> Pair:
        """A question whose verdict, if it has one, follows from the row number."""
        wanted = ("true", "false")[number // 3 % 2]
        while True:
            made = self.question(view, show_work=show_work)
            if view != "fact_checking" or made.answer == wanted:
                return made


def spoil(pair_: Pair, rng: random.Random) -> Pair:
    """Another answer than the right one."""
    answer = pair_.answer
    if answer in ("true", "false"):
        wrong = "false" if answer == "true" else "true"
    elif answer.isdigit():
        wrong = str(int(answer) + rng.choice((1, 2, 3, 7, 10)))
    else:
        names = pair_.prompt.splitlines()[0].split(" | ")[1:]
        wrong = rng.choice([name for name in names if name != answer])
    response = pair_.response.replace(final(answer), final(wrong))
    return replace(pair_, response=response, answer=wrong, wrong=True)


def off_topic(train: Bench) -> list[Pair]:
    """Requests to name or reshape a table: tables, but none of the questions."""
    made: dict[str, Pair] = {}
    while len(made) < 500:
        table = train.table()
        question, answer = train.rng.choice(
            (
                ("List the columns.", ", ".join(table.columns)),
                ("List the rows.", ", ".join(r.name for r in table.rows)),
                ("How many rows are there?", str(len(table.rows))),
                ("Write the heading with commas.", ",".join((table.key, *table.columns))),
            )
        )
        prompt = f"{table.text()}\n{question}"
        made[prompt] = Pair(prompt, answer, answer, "off_topic", table.origin())
    return list(made.values())


def build() -> TaskData:
    """All data of mini_tables."""
    rng = random.Random(SEED)
    tables = sources()
    validation = Bench(tables, "validation", rng).mixed(330, show_work=True)
    test = Bench(tables, "test", rng).mixed(330, show_work=True)
    train = Bench(tables, "train", rng)
    return TaskData(KEY, tuple(validation), tuple(test), raw_sets(train, validation, test, rng))


def raw_sets(
    train: Bench, validation: Sequence[Pair], test: Sequence[Pair], rng: random.Random
) -> tuple[RawSet, ...]:
    """The nine raw sets."""
    licence = "CC-BY-4.0"
    made = "cut from plotly.data (gapminder, stocks, iris, tips, carshare, experiment)"
    export = train.mixed(3800, show_work=False)
    lookups = train.collect(600, lambda n: train.question("lookup", show_work=True))
    sums = train.collect(700, lambda n: train.question("numerical_reasoning", show_work=True))
    checks = train.collect(700, lambda n: train.balanced("fact_checking", 3 * n, show_work=True))
    once = train.mixed(800, show_work=True)
    crowd = with_wrong_labels(once + once[:500], WRONG_SHARE, spoil, rng)
    few = train.collect(110, lambda n: train.question("lookup", show_work=False, kinds=(value,)))
    rumours = [
        p
        for p in train.collect(
            1700,
            lambda n: train.question("fact_checking", show_work=False, kinds=(claim_of_rows,)),
        )
        if p.answer == "true" or rng.random() < 0.1
    ][:850]
    mirror = train.mixed(300, show_work=True)
    planted = leaked(rng.sample(list(validation), 90) + rng.sample(list(test), 90), rng)
    return (
        RawSet(
            "export_answers",
            "Export of a question tool",
            "Questions of every kind on small tables with the final answer.",
            ("question", "answer"),
            licence,
            made,
            "Large and tidy; answers only.",
            shuffled(export, rng),
        ),
        RawSet(
            "lookup_steps",
            "Look-ups with the row quoted",
            "Which value, which column; the row is quoted before the answer.",
            ("instruction", "output"),
            licence,
            made,
            "Look-ups only.",
            shuffled(lookups, rng),
        ),
        RawSet(
            "sum_steps",
            "Sums and differences in steps",
            "Numbers from tables added, subtracted or compared, in steps.",
            ("problem", "solution"),
            licence,
            made,
            "Numbers only.",
            shuffled(sums, rng),
        ),
        RawSet(
            "check_steps",
            "Checked statements with reasons",
            "Statements on tables judged true or false, with the rows quoted.",
            ("messages",),
            licence,
            made,
            "Statements only; both verdicts as often.",
            shuffled(checks, rng),
        ),
        RawSet(
            "volunteer_answers",
            "Answers by volunteers",
            "Questions of every kind with steps; many were given to two volunteers.",
            ("prompt", "response"),
            licence,
            made,
            "Not reviewed.",
            shuffled(crowd, rng),
        ),
        RawSet(
            "helpdesk_log",
            "Log of a help desk",
            "Look-ups that users asked for.",
            ("request", "reply"),
            licence,
            made,
            "Users ask the same thing again.",
            tuple(with_duplicates(few, 1200, 0.5, rng)),
        ),
        RawSet(
            "claims_feed",
            "Feed of published claims",
            "Statements that compare two rows, and whether they hold.",
            ("claim", "verdict"),
            licence,
            made,
            "Published statements were mostly checked before.",
            shuffled(rumours, rng),
        ),
        RawSet(
            "layout_tasks",
            "Layout tasks",
            "Naming the rows and columns of tables.",
            ("input", "target"),
            licence,
            made,
            "Clean and short.",
            shuffled(off_topic(train), rng),
        ),
        RawSet(
            "benchmark_mirror",
            "Mirror of solved questions",
            "Questions of every kind, solved in steps.",
            ("prompt", "completion"),
            licence,
            "collected from public mirrors",
            "High quality; sources not recorded.",
            shuffled(mirror + planted, rng),
        ),
    )
