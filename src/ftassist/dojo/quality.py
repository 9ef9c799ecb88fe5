"""What a profile's counts say about a set's quality, as sentences with their numbers.

Thresholds are ours and low: a note asks a person to look, it refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ftassist.dojo.languages import UNCLEAR

FEW = 0.01
"""A share of rows below this is not worth a note."""
OTHER_LANGUAGE = 0.05
HALF = 0.5


def quality_notes(
    rows: int,
    *,
    empty: Mapping[str, int],
    duplicates: int,
    near_duplicates: int,
    conflicting: int,
    answers: Mapping[str, float],
    forms: Mapping[str, float],
    languages: Mapping[str, float],
    bad: Sequence[str] = (),
) -> tuple[str, ...]:
    """Notes on a set.

    Args:
        rows: Number of rows.
        empty: Rows with an empty value, by field.
        duplicates: Rows that repeat an earlier one.
        near_duplicates: Prompts that repeat an earlier one but for case, spacing and marks.
        conflicting: Rows whose prompt stands elsewhere with another answer.
        answers: Shares of the most frequent final answers.
        forms: Shares of the forms in which final answers are written.
        languages: Shares of languages.
        bad: Places of further rows, which cannot be used.
    """
    counted = (
        (duplicates, "repeat an earlier row"),
        (near_duplicates, "have a prompt that differs from an earlier one in case or marks only"),
        (conflicting, "share their prompt with a row that has another answer"),
        *((count, f"have an empty {name!r}") for name, count in sorted(empty.items())),
    )
    notes = [f"{n:,} rows ({n / rows:.1%}) {what}" for n, what in counted if n >= FEW * rows]
    if bad:
        count = f"{len(bad):,} more rows" if len(bad) > 1 else "one more row"
        notes.insert(0, f"{count} cannot be used (first: {bad[0].rpartition(' row ')[2]})")
    if (share := max(answers.values(), default=0.0)) > HALF and rows > 1:
        notes.append(f"one answer stands in {share:.1%} of the rows")
    mixed = [f"{form} {share:.0%}" for form, share in forms.items() if share >= FEW]
    if len(mixed) > 1:
        notes.append(f"final answers are written in several forms: {', '.join(mixed)}")
    spoken = {name: share for name, share in languages.items() if share >= OTHER_LANGUAGE}
    if len(spoken.keys() - {UNCLEAR}) > 1:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in spoken.items())
        notes.append(f"several languages: {shares}")
    return tuple(notes)
