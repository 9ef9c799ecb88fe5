"""Exported rows to tokens, audited: what every training does before it builds a trainer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.recipes import audit, models
from ftassist.recipes.marks import weighted
from ftassist.recipes.running import AuditLog
from ftassist.recipes.tokens import TokenRow, encode


def encode_audited(
    rows: Sequence[Mapping[str, Any]],
    loaded: models.LoadedModel,
    max_length: int,
    log: AuditLog,
    *,
    fit: bool = False,
) -> list[TokenRow]:
    """Tokenises rows; stops where the wrong tokens would be trained on.

    Args:
        rows: Exported rows.
        loaded: The base model.
        max_length: The tokens that rows will be cut to; they are returned uncut.
        log: Where the audits go.
        fit: Whether rows that the model cannot read at once lose the beginning of their prompt, as
            in the evaluation.

    Raises:
        DataError: The chat template refuses a row (names it).
        TrainingStoppedError: Nothing, or not the answers, would be trained on.
    """

    def decode(ids: Sequence[int]) -> str:
        return str(loaded.tokenizer.decode(ids))

    ends = models.end_tokens(loaded)
    chats = [weighted(row) for row in rows]
    whole = encode(chats, loaded.tokenizer, ends, loaded.chats)
    context = models.context_of(loaded) if fit else None
    coded = whole if context is None else [row.fitted(context) for row in whole]
    log.add(
        audit.tokens(coded, max_length=max_length, end_ids=ends, decode=decode, context=context)
    )
    log.add(audit.answers(whole, [learned(chat) for chat in chats], decode))
    if context is not None:
        log.add(audit.fitting(whole, context))
    return coded


def learned(messages: Sequence[Mapping[str, Any]]) -> str:
    """The last answer of a chat; "" where it has weight 0."""
    last = messages[-1]
    return str(last.get("content") or "") if last.get("weight", 1) != 0 else ""
