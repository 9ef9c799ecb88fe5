r"""mini_math: two-step word problems with an integer in `\boxed{}`.

No triple of operation and numbers is shared between training, validation and test; the sixteen
story frames are the same in all of them, and each worked set covers only some frames.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from taskgen.math_frames import FRAMES, NAMES, THINGS, VIEWS, Frame
from taskgen.rawset import (
    Pair,
    RawSet,
    leaked,
    shuffled,
    with_duplicates,
    with_wrong_labels,
)
from taskgen.splits import Part, part_of
from taskgen.task_data import TaskData

KEY = "mini_math"
SEED = 20261
WRONG_SHARE = 0.3


def steps(operation: str, numbers: dict[str, int]) -> list[tuple[int, str, int, int]]:
    """The two steps of an operation such as `a*b-c`, as (left, sign, right, result)."""
    letters, signs = re.findall("[abc]", operation), re.findall(r"[-+*]", operation)
    left, done = numbers[letters[0]], []
    for sign, letter in zip(signs, letters[1:], strict=True):
        right = numbers[letter]
        result = {"+": left + right, "-": left - right, "*": left * right}[sign]
        done.append((left, sign, right, result))
        left = result
    return done


def worked(done: Sequence[tuple[int, str, int, int]]) -> str:
    """The steps written out, then the boxed answer."""
    lines = [f"{left} {sign} {right} = {result}." for left, sign, right, result in done]
    return " ".join([*lines, boxed(done[-1][3])])


def boxed(answer: int) -> str:
    r"""The answer as the task wants it: `\boxed{n}`."""
    return rf"\boxed{{{answer}}}"


def numbers_for(operation: str, rng: random.Random) -> dict[str, int]:
    """Three numbers that keep every step between 1 and 120."""
    while True:
        small = "*" in operation
        first = (
            {"a": rng.randint(2, 9), "b": rng.randint(2, 9)}
            if small
            else {"a": rng.randint(3, 60), "b": rng.randint(2, 40)}
        )
        numbers = first | {"c": rng.randint(2, 9 if small else 30)}
        done = steps(operation, numbers)
        if all(1 <= result <= 120 for *_, result in done):
            return numbers


def problem(frame: Frame, part: Part, rng: random.Random, *, show_work: bool) -> Pair:
    """One word problem of a frame whose numbers belong to `part`."""
    telling, operation = rng.choice(frame.tellings)
    while True:
        numbers = numbers_for(operation, rng)
        origin = (operation, *(str(numbers[x]) for x in "abc"))
        if part_of(KEY, *origin) == part:
            break
    first, second = rng.sample(NAMES, 2)
    prompt = telling.format(n=first, m=second, t=rng.choice(THINGS[frame.view]), **numbers)
    done = steps(operation, numbers)
    answer = done[-1][3]
    response = worked(done) if show_work else boxed(answer)
    return Pair(prompt, response, str(answer), frame.view, (frame.name, *origin))


def problems(
    frames: Sequence[Frame], part: Part, count: int, rng: random.Random, *, show_work: bool
) -> list[Pair]:
    """`count` different problems, the frames taking turns."""
    found: dict[str, Pair] = {}
    while len(found) < count:
        pair = problem(frames[len(found) % len(frames)], part, rng, show_work=show_work)
        found.setdefault(pair.prompt, pair)
    return list(found.values())


def spoil(pair: Pair, rng: random.Random) -> Pair:
    """A wrong last result, as a careless annotator leaves it."""
    wrong = max(0, int(pair.answer) + rng.choice((-10, -3, -2, -1, 1, 2, 3, 10)))
    if wrong == int(pair.answer):
        wrong += 1
    head, _, _ = pair.response.rpartition(f"= {pair.answer}.")
    response = f"{head}= {wrong}. {boxed(wrong)}" if head else boxed(wrong)
    return replace(pair, response=response, answer=str(wrong), wrong=True)


def off_topic(count: int, rng: random.Random) -> list[Pair]:
    """Questions on units and dates: numbers, but no story."""
    units = {
        "hours": ("minutes", 60),
        "weeks": ("days", 7),
        "dozens": ("pieces", 12),
        "metres": ("centimetres", 100),
        "minutes": ("seconds", 60),
        "years": ("months", 12),
    }
    found: dict[str, Pair] = {}
    while len(found) < count:
        unit, (small, factor) = rng.choice(sorted(units.items()))
        number = rng.randint(2, 99)
        text = rng.choice(
            (
                "Convert {n} {u} to {s}.",
                "How many {s} are {n} {u}?",
                "{n} {u} in {s}?",
                "Write {n} {u} as {s}.",
            )
        )
        prompt = text.format(n=number, u=unit, s=small)
        answer = str(number * factor)
        found[prompt] = Pair(prompt, f"{answer} {small}", answer, "off_topic", ("unit", prompt))
    return list(found.values())


def by_view(*views: str) -> list[Frame]:
    """The frames of some views."""
    return [frame for frame in FRAMES if frame.view in views]


def build() -> TaskData:
    """All data of mini_math."""
    rng = random.Random(SEED)
    ordered = [f for group in zip(*(by_view(v) for v in VIEWS), strict=True) for f in group]
    validation = problems(ordered, "validation", 320, rng, show_work=True)
    test = problems(ordered, "test", 320, rng, show_work=True)
    return TaskData(KEY, tuple(validation), tuple(test), raw_sets(validation, test, rng))


def raw_sets(
    validation: Sequence[Pair], test: Sequence[Pair], rng: random.Random
) -> tuple[RawSet, ...]:
    """The nine raw sets."""
    licence, made = "CC0-1.0", "generated for this task from story frames"
    bulk = problems(FRAMES, "train", 5000, rng, show_work=False)
    lessons = {
        "lessons_shop": (("problem", "solution"), 560),
        "lessons_travel": (("instruction", "output"), 520),
        "lessons_home": (("messages",), 560),
        "lessons_garden": (("input", "target"), 480),
    }
    worked_sets = tuple(
        RawSet(
            name,
            f"Worked lessons: {view}",
            f"Word problems, {VIEWS[view]}, each solved in steps.",
            fields,
            licence,
            made,
            "Written by tutors. One kind of setting only.",
            shuffled(problems(by_view(view), "train", count, rng, show_work=True), rng),
        )
        for (name, (fields, count)), view in zip(lessons.items(), VIEWS, strict=True)
    )
    once = problems(FRAMES, "train", 900, rng, show_work=True)
    crowd = with_wrong_labels(once + once[:600], WRONG_SHARE, spoil, rng)
    few = problems(by_view("shop", "travel")[:3], "train", 120, rng, show_work=False)
    mirror = problems(FRAMES, "train", 300, rng, show_work=True)
    planted = leaked(rng.sample(list(validation), 90) + rng.sample(list(test), 90), rng)
    return (
        RawSet(
            "answer_key",
            "Answer key of a workbook",
            "Short word problems of every setting with the boxed result.",
            ("question", "answer"),
            licence,
            made,
            "Large and tidy; answers are final results only.",
            shuffled(bulk, rng),
        ),
        *worked_sets,
        RawSet(
            "crowd_solutions",
            "Solutions from a crowd",
            "Word problems of every setting, solved in steps by volunteers; many were given "
            "to two volunteers.",
            ("question", "response"),
            licence,
            made,
            "Not reviewed.",
            shuffled(crowd, rng),
        ),
        RawSet(
            "forum_dump",
            "Dump of a homework forum",
            "Word problems and their results as they were posted.",
            ("title", "reply"),
            licence,
            made,
            "Collected over several terms; threads get re-posted.",
            tuple(with_duplicates(few, 1400, 0.5, rng)),
        ),
        RawSet(
            "unit_drill",
            "Unit drill",
            "Conversions between everyday units.",
            ("q", "a"),
            licence,
            "generated from a table of units",
            "Short and clean. Another exercise book of the same publisher.",
            tuple(off_topic(700, rng)),
        ),
        RawSet(
            "exam_archive",
            "Archive of old exams",
            "Word problems of every setting with step-by-step solutions.",
            ("prompt", "completion"),
            licence,
            "collected from mirrors of exam pages",
            "High quality. Source pages were not recorded.",
            shuffled(mirror + planted, rng),
        ),
    )
