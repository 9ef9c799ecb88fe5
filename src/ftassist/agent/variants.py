"""Rounds of proposals that are made different on purpose: what each of them is for.

A round of equals teaches one thing several times. So its first is bold, its second cheap, and its
third tests the rival cause; further ones only differ from these.
"""

from __future__ import annotations

MOST = 5
"""Proposals of one round at most."""
VARIANTS = {
    "bold": "the change that could move the score furthest, even if it may well fail",
    "cheap": "the change that tells most for few seconds or rows",
    "rival": "a change that would help only if the other likely cause is the true one, so that "
    "its result decides between the two",
}
"""What a variant is for, in the order a round has them."""


def variants(count: int) -> tuple[str, ...]:
    """The variants of a round of so many; none where it is a single proposal."""
    return tuple(VARIANTS)[:count] if count > 1 else ()
