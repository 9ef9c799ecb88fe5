"""Arithmetic with visible steps, phrases that name an operation, comparing and ordering."""

from decimal import Decimal
from random import Random

from pretraining.conversation import Exchange, Item
from pretraining.words import whole

_PHRASES: dict[str, tuple[str, ...]] = {
    "+": (
        "{a} and {b} more",
        "{b} added to {a}",
        "the sum of {a} and {b}",
        "{a} plus {b}",
        "{a} and {b} together",
        "{a} in all with another {b}",
        "{a} raised by {b}",
    ),
    "-": (
        "{b} less than {a}",
        "{a} minus {b}",
        "{b} taken from {a}",
        "{a} without {b} of them",
        "what is left of {a} after {b} are gone",
        "{a} reduced by {b}",
        "from {a} down by {b}",
        "how much {a} is above {b}",
    ),
    "*": (
        "{a} times {b}",
        "{b} groups of {a}",
        "{a} multiplied by {b}",
        "{a} for each of {b}",
        "the product of {a} and {b}",
        "{b} lots of {a}",
    ),
    "/": (
        "{a} divided by {b}",
        "{a} split evenly among {b}",
        "{a} shared by {b}",
        "how many {b} fit in {a}",
        "one part of {a} cut into {b}",
    ),
}
_CHAIN_WORDS = {
    "+": ("add {}", "plus {}", "then {} more"),
    "-": ("subtract {}", "minus {}", "take away {}"),
    "*": ("multiply by {}", "times {}"),
    "/": ("divide by {}", "split by {}"),
}


def _operand(rng: Random, value: int) -> tuple[str, int]:
    """Pick an operation and a second number that keep the result a whole number to 9,999."""
    operation = rng.choices("+-*/", (4, 4, 3, 1))[0]
    if operation == "*" and 0 < value <= 700:
        most = min(12 if value > 12 else 40, 8000 // value)
        return "*", rng.randrange(2, max(3, most + 1))
    if operation == "/":
        divisors = [d for d in range(2, 13) if value and value % d == 0]
        if divisors:
            return "/", rng.choice(divisors)
    if operation == "-" and value > 1:
        return "-", rng.randrange(1, value + 1)
    return "+", whole(rng, 3 if value < 5000 else 2)


def compute(left: int, operation: str, right: int) -> int:
    """Apply one of `+ - * /`; the quotient is exact by construction."""
    if operation == "+":
        return left + right
    if operation == "-":
        return left - right
    return left * right if operation == "*" else left // right


def _link(rng: Random) -> str:
    return rng.choice((", ", ", ", "; ", "\n", ". "))


def phrases(rng: Random) -> Exchange:
    """Ask for the value of a phrase or an expression with one operation."""
    items = []
    for _ in range(rng.randrange(3, 8)):
        left = whole(rng, rng.choice((2, 2, 3, 4)))
        operation, right = _operand(rng, left)
        result = str(compute(left, operation, right))
        step = f"{left} {operation} {right} = {result}"
        shape = rng.random()
        if shape < 0.45:
            text = f"{left} {operation} {right}"
            question = rng.choice(("{} = ?", "{}", "Compute {}.", "Work out {}.")).format(text)
            items.append(Item(question, result, step if rng.random() < 0.5 else ""))
        else:
            text = rng.choice(_PHRASES[operation]).format(a=left, b=right)
            question = rng.choice(("Value of: {}", "{}?", "Find {}.", "Write {} as a number."))
            items.append(Item(question.format(text), result, step))
    return Exchange("", tuple(items))


def _walk(rng: Random, length: int) -> tuple[int, list[tuple[str, int]], list[str], int]:
    start = value = whole(rng, rng.choice((1, 2, 2, 3)))
    moves, steps = [], []
    for _ in range(length):
        operation, right = _operand(rng, value)
        result = compute(value, operation, right)
        moves.append((operation, right))
        steps.append(f"{value} {operation} {right} = {result}")
        value = result
    return start, moves, steps, value


def chains(rng: Random) -> Exchange:
    """Ask for a chain of operations, each step written as an equation."""
    items = []
    link = _link(rng)
    for _ in range(rng.randrange(2, 6)):
        start, moves, steps, value = _walk(rng, rng.choice((2, 2, 2, 3)))
        if rng.random() < 0.4:
            text = str(start)
            for position, (operation, right) in enumerate(moves):
                text = f"({text})" if position else text
                text = f"{text} {operation} {right}"
            question = rng.choice(("{} = ?", "Evaluate {}.", "What is {}?")).format(text)
        else:
            told = [
                rng.choice(_CHAIN_WORDS[operation]).format(right) for operation, right in moves
            ]
            question = rng.choice(("Start with {}: {}.", "Take {}, {}.", "{}, {}. End value?"))
            question = question.format(start, rng.choice((", ", ", then ")).join(told))
        items.append(Item(question, str(value), link.join(steps)))
    return Exchange("", tuple(items))


def trees(rng: Random) -> Exchange:
    """Ask for two products or sums that are then combined; or bind letters to numbers first."""
    items = []
    link = _link(rng)
    for _ in range(rng.randrange(2, 5)):
        a, c = whole(rng, 2), whole(rng, 2)
        first, b = _operand(rng, a)
        second, d = _operand(rng, c)
        left, right = compute(a, first, b), compute(c, second, d)
        last = "+" if left < right or rng.random() < 0.5 else "-"
        result = compute(left, last, right)
        steps = link.join(
            (
                f"{a} {first} {b} = {left}",
                f"{c} {second} {d} = {right}",
                f"{left} {last} {right} = {result}",
            )
        )
        if rng.random() < 0.5:
            question = f"({a} {first} {b}) {last} ({c} {second} {d})"
        else:
            p, q = rng.sample("pqrstuvwxyz", 2)
            question = f"{p} = {a} {first} {b}, {q} = {c} {second} {d}. Find {p} {last} {q}."
        items.append(Item(question, str(result), steps))
    return Exchange("", tuple(items))


def amount(rng: Random, decimal: bool) -> Decimal:
    """Return a number, with one decimal place if `decimal`."""
    if decimal:
        return Decimal(rng.randrange(1, 1000)) / 10 + Decimal("0.0")
    return Decimal(whole(rng))


def _near(rng: Random, value: Decimal, decimal: bool) -> Decimal:
    if rng.random() < 0.5:
        return amount(rng, decimal)
    shift = rng.choice((-20, -10, -3, -1, 1, 2, 5, 10, 100))
    return abs(value + (Decimal(shift) / 10 if decimal else shift))


def comparisons(rng: Random) -> Exchange:
    """Ask which of two numbers is larger or smaller, or whether a relation holds."""
    items = []
    decimal = rng.random() < 0.2
    for _ in range(rng.randrange(4, 9)):
        a = amount(rng, decimal)
        b = _near(rng, a, decimal)
        if a == b:
            continue
        kind = rng.random()
        sign = ">" if a > b else "<"
        if kind < 0.4:
            word, pick = rng.choice(
                (
                    ("larger", max),
                    ("greater", max),
                    ("bigger", max),
                    ("smaller", min),
                    ("less", min),
                    ("lower", min),
                )
            )
            items.append(Item(f"Which is {word}: {a} or {b}?", str(pick(a, b)), f"{a} {sign} {b}"))
        elif kind < 0.7:
            asked = rng.choice("<>")
            final = "yes" if asked == sign else "no"
            words = {"<": ("less than", "below", "under"), ">": ("more than", "above", "over")}
            relation = rng.choice((asked, *words[asked]))
            items.append(Item(f"Is {a} {relation} {b}?", final, f"{a} {sign} {b}"))
        else:
            items.append(Item(f"{a} _ {b}: fill in < or >", sign))
    return Exchange("", tuple(items) or (Item("1 _ 2: fill in < or >", "<"),))


def orderings(rng: Random) -> Exchange:
    """Ask for the largest, the smallest, the sum or the sorted order of a short list."""
    numbers = rng.sample(range(10 ** rng.choice((1, 2, 2, 3)) + 10), rng.randrange(3, 7))
    shown = ", ".join(map(str, numbers))
    running, partial = numbers[0], []
    for number in numbers[1:]:
        partial.append(f"{running} + {number} = {running + number}")
        running += number
    best = [numbers[0]]
    for number in numbers[1:]:
        best.append(max(best[-1], number))
    items = [
        Item(
            rng.choice(("Largest?", "Maximum?", "The highest one?")),
            str(max(numbers)),
            "so far " + ", ".join(map(str, best)) if rng.random() < 0.5 else "",
        ),
        Item(rng.choice(("Smallest?", "Minimum?", "The lowest one?")), str(min(numbers))),
        Item("Sorted upwards?", ", ".join(map(str, sorted(numbers)))),
        Item("Sorted downwards?", ", ".join(map(str, sorted(numbers, reverse=True)))),
        Item("Sum of all?", str(running), ", ".join(partial)),
        Item(
            "How many numbers?",
            str(len(numbers)),
            ", ".join(f"{i}: {n}" for i, n in enumerate(numbers, 1)),
        ),
    ]
    chosen = rng.sample(items, rng.randrange(2, 5))
    return Exchange(rng.choice(("Numbers: {}", "List: {}", "{}")).format(shown), tuple(chosen))
