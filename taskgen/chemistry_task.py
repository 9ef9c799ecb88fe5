"""mini_chemistry: counting groups and rings in SMILES, and telling molecules apart.

Splits are by anonymous graph (the molecule with all atoms carbon and all bonds single), so an
evaluation molecule differs from every training molecule in its skeleton, not only in an atom.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from taskgen.chemistry_labels import GROUPS, RINGS, count, hetero_atoms, seen
from taskgen.molecules import (
    Molecule,
    decorated,
    exchanged,
    molecule_part,
    moved,
    pool,
    rewritten,
)
from taskgen.rawset import Pair, RawSet, leaked, shuffled, with_duplicates, with_wrong_labels
from taskgen.splits import Part
from taskgen.task_data import TaskData

KEY = "mini_chemistry"
SEED = 20262
POOL = 9000
WRONG_SHARE = 0.3
HIGHEST = 3
PAIR_LONGEST = 24
VIEWS = ("fg_count", "ring_count", "equivalence")
COUNT_TEXTS = (
    "How many {f} are in {s}?",
    "Count the {f} of {s}",
    "{s}\nNumber of {f}?",
)
PAIR_TEXTS = (
    "Are {x} and {y} the same molecule?",
    "{x}\n{y}\nSame molecule?",
)


class Bench:
    """Makes questions on the molecules of one split."""

    def __init__(self, molecules: Sequence[Molecule], part: Part, rng: random.Random) -> None:
        self.rng = rng
        self.part = part
        self.smiles = [m.smiles for m in molecules if m.part == part]
        self.short = [s for s in self.smiles if 4 <= len(s) <= PAIR_LONGEST]
        self.by_count: dict[tuple[str, int], list[str]] = defaultdict(list)
        for smiles in self.smiles:
            for feature in (*GROUPS, *RINGS):
                self.by_count[feature, count(smiles, feature)].append(smiles)

    def counting(
        self, features: Sequence[str], wanted: int | None, *, show_work: bool, texts: Sequence[str]
    ) -> Pair:
        """A counting question with the answer `wanted`, or with whatever answer comes up."""
        feature = self.rng.choice(list(features))
        if wanted is not None:
            able = [f for f in features if len(self.by_count[f, wanted]) >= 25]
            feature = self.rng.choice(able)
            smiles = self.rng.choice(self.by_count[feature, wanted])
        else:
            smiles = self.rng.choice(self.smiles)
        answer = str(count(smiles, feature))
        prompt = self.rng.choice(list(texts)).format(f=feature, s=smiles)
        work = f"{seen(smiles, feature) or 'none'}. " if show_work else ""
        view = "ring_count" if feature in RINGS else "fg_count"
        return Pair(prompt, f"{work}Answer: {answer}", answer, view, (smiles,))

    def same_or_not(self, *, same: bool, show_work: bool, texts: Sequence[str]) -> Pair:
        """Two SMILES, of one molecule or of two near neighbours."""
        while True:
            left = self.rng.choice(self.short)
            right = left if same else self.neighbour(left)
            if right is None:
                continue
            x, y = rewritten(left, self.rng), rewritten(right, self.rng)
            if x != y and max(len(x), len(y)) <= PAIR_LONGEST + 6:
                break
        answer = "yes" if same else "no"
        work = f"{hetero_atoms(x)}; {hetero_atoms(y)}. " if show_work else ""
        prompt = self.rng.choice(list(texts)).format(x=x, y=y)
        return Pair(prompt, f"{work}Answer: {answer}", answer, "equivalence", (left, right))

    def neighbour(self, smiles: str) -> str | None:
        """A different molecule of the same split, one small change away."""
        change = self.rng.choices((exchanged, moved, decorated), weights=(6, 3, 1))[0]
        other = change(smiles, self.rng)
        if other is None or other == smiles or molecule_part(other) != self.part:
            return None
        return other

    def collect(self, size: int, make: Callable[[int], Pair]) -> list[Pair]:
        """`size` pairs with different prompts."""
        found: dict[str, Pair] = {}
        while len(found) < size:
            pair = make(len(found))
            found.setdefault(pair.prompt, pair)
        return list(found.values())

    def mixed(self, size: int, *, show_work: bool) -> list[Pair]:
        """All three views in turn."""
        return self.collect(
            size, lambda n: self.question(VIEWS[n % 3], n // 3, show_work=show_work)
        )

    def question(self, view: str, number: int, *, show_work: bool) -> Pair:
        """A question of one view; its answer follows from `number`, to be balanced exactly."""
        if view == "equivalence":
            return self.same_or_not(same=number % 2 == 0, show_work=show_work, texts=PAIR_TEXTS)
        features = RINGS if view == "ring_count" else tuple(GROUPS)
        wanted = number % (HIGHEST + 1)
        return self.counting(features, wanted, show_work=show_work, texts=COUNT_TEXTS)


def spoil(pair: Pair, rng: random.Random) -> Pair:
    """Another label than the right one."""
    if pair.view == "equivalence":
        wrong = "no" if pair.answer == "yes" else "yes"
    else:
        wrong = rng.choice([str(n) for n in range(HIGHEST + 1) if str(n) != pair.answer])
    response = pair.response.replace(f"Answer: {pair.answer}", f"Answer: {wrong}")
    return replace(pair, response=response, answer=wrong, wrong=True)


def off_topic(rng: random.Random) -> list[Pair]:
    """Element names, symbols and numbers: chemistry, but no molecules."""
    elements = (
        "H Hydrogen 1|He Helium 2|Li Lithium 3|Be Beryllium 4|B Boron 5|C Carbon 6|N Nitrogen 7|"
        "O Oxygen 8|F Fluorine 9|Ne Neon 10|Na Sodium 11|Mg Magnesium 12|Al Aluminium 13|"
        "Si Silicon 14|P Phosphorus 15|S Sulfur 16|Cl Chlorine 17|Ar Argon 18|K Potassium 19|"
        "Ca Calcium 20|Ti Titanium 22|Cr Chromium 24|Mn Manganese 25|Fe Iron 26|Co Cobalt 27|"
        "Ni Nickel 28|Cu Copper 29|Zn Zinc 30|Br Bromine 35|Kr Krypton 36|Ag Silver 47|Sn Tin 50|"
        "I Iodine 53|Xe Xenon 54|Ba Barium 56|Pt Platinum 78|Au Gold 79|Hg Mercury 80|Pb Lead 82"
    )
    texts = (
        ("What is the symbol of {name}?", "{symbol}"),
        ("Which element is {symbol}?", "{name}"),
        ("Atomic number of {name}?", "{number}"),
        ("Name the element with {number} protons.", "{name}"),
        ("Give the atomic number of {symbol}.", "{number}"),
        ("{name}: symbol?", "{symbol}"),
        ("How many protons has {name}?", "{number}"),
        ("{symbol} stands for?", "{name}"),
        ("How many electrons has an atom of {name}?", "{number}"),
        ("Symbol of element {number}?", "{symbol}"),
        ("Which element follows in a list after its name: {symbol}?", "{name}"),
        ("Write {name} in short.", "{symbol}"),
    )
    pairs = []
    for entry in elements.split("|"):
        symbol, name, number = entry.split()
        for question, reply in texts:
            values = {"symbol": symbol, "name": name, "number": number}
            answer = reply.format(**values)
            pairs.append(Pair(question.format(**values), answer, answer, "off_topic", (symbol,)))
    rng.shuffle(pairs)
    return pairs


def build() -> TaskData:
    """All data of mini_chemistry."""
    rng = random.Random(SEED)
    molecules = pool(POOL, rng)
    validation = Bench(molecules, "validation", rng).mixed(330, show_work=True)
    test = Bench(molecules, "test", rng).mixed(330, show_work=True)
    train = Bench(molecules, "train", rng)
    return TaskData(KEY, tuple(validation), tuple(test), raw_sets(train, validation, test, rng))


def raw_sets(
    train: Bench, validation: Sequence[Pair], test: Sequence[Pair], rng: random.Random
) -> tuple[RawSet, ...]:
    """The eight raw sets."""
    licence, made = "CC0-1.0", "labelled with RDKit on known and derived molecules"
    screen = train.collect(
        3600, lambda n: train.counting((*GROUPS, *RINGS), None, show_work=False, texts=COUNT_TEXTS)
    )
    rings = train.collect(650, lambda n: train.question("ring_count", n, show_work=True))
    groups = train.collect(750, lambda n: train.question("fg_count", n, show_work=True))
    pairs = train.collect(700, lambda n: train.question("equivalence", n, show_work=True))
    registry = train.collect(
        1200,
        lambda n: train.same_or_not(
            same=rng.random() < 0.92, show_work=False, texts=PAIR_TEXTS[:1]
        ),
    )
    once = train.mixed(900, show_work=True)
    crowd = with_wrong_labels(once + once[:600], WRONG_SHARE, spoil, rng)
    few = train.collect(
        110,
        lambda n: train.counting(
            ("hydroxyl groups",), n % 4, show_work=False, texts=COUNT_TEXTS[:1]
        ),
    )
    mirror = train.mixed(300, show_work=True)
    planted = leaked(rng.sample(list(validation), 90) + rng.sample(list(test), 90), rng)
    return (
        RawSet(
            "screening_counts",
            "Counts from a screening run",
            "Numbers of groups and rings for a library of molecules.",
            ("question", "answer"),
            licence,
            made,
            "Large, computed, consistent. Labels come as they fall.",
            shuffled(screen, rng),
        ),
        RawSet(
            "ring_notes",
            "Ring counting, with notes",
            "Ring questions; the ring closures are listed before the answer.",
            ("problem", "solution"),
            licence,
            made,
            "Rings only.",
            shuffled(rings, rng),
        ),
        RawSet(
            "group_notes",
            "Functional groups, with notes",
            "Counting questions on functional groups; the groups are listed first.",
            ("instruction", "output"),
            licence,
            made,
            "Groups only.",
            shuffled(groups, rng),
        ),
        RawSet(
            "pair_notes",
            "Pairs of SMILES, with notes",
            "Whether two SMILES are one molecule, after listing their hetero atoms.",
            ("messages",),
            licence,
            made,
            "Pairs only; near neighbours included.",
            shuffled(pairs, rng),
        ),
        RawSet(
            "registry_matches",
            "Registry look-ups",
            "Pairs of SMILES a registry was asked to merge.",
            ("query", "reply"),
            licence,
            made,
            "From production. Most requests were right.",
            shuffled(registry, rng),
        ),
        RawSet(
            "student_reports",
            "Student reports",
            "All three kinds of questions, with notes; many were handed in by two students.",
            ("prompt", "response"),
            licence,
            made,
            "Not graded.",
            shuffled(crowd, rng),
        ),
        RawSet(
            "hydroxyl_log",
            "Hydroxyl log",
            "A log of questions on hydroxyl groups and their answers.",
            ("input", "target"),
            licence,
            made,
            "The log is kept forever.",
            tuple(with_duplicates(few, 1300, 0.5, rng)),
        ),
        RawSet(
            "element_cards",
            "Element flash cards",
            "Names, symbols and numbers of elements.",
            ("front", "back"),
            licence,
            "written by hand",
            "Clean and short.",
            tuple(off_topic(rng)),
        ),
        RawSet(
            "benchmark_mirror",
            "Mirror of solved questions",
            "All three kinds of questions, solved with notes.",
            ("prompt", "completion"),
            licence,
            "collected from public mirrors",
            "High quality; sources not recorded.",
            shuffled(mirror + planted, rng),
        ),
    )
