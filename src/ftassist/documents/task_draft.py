"""A draft of a task as a document: what it says, made-up answers as its scorer judges them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftassist.dojo.own_draft import DraftStanding, Looked, OwnDraft


def draft_document(
    draft: OwnDraft, looked: Sequence[Looked], standing: DraftStanding
) -> dict[str, Any]:
    """The document of a draft; its texts are those of the rows and of the model, as they came."""
    return {
        "schema": "ftassist/task-draft/1",
        "folder": draft.folder.as_posix(),
        "wish": draft.wish,
        "title": draft.title,
        "about": draft.about,
        "mapping": {part: source for part, source in vars(draft.names).items() if source},
        "metric": draft.metric,
        "why_metric": draft.why,
        "max_new_tokens": draft.max_new_tokens,
        "sealed": draft.sealed,
        "planted": list(draft.planted),
        "columns": list(standing.columns),
        "unused": list(standing.unused),
        "sizes": {
            "train": standing.train,
            "evaluation": standing.evaluation,
            "validation": standing.validation,
            "test": standing.test,
        },
        "rows": [
            {
                "row": row.number,
                "prompt": row.prompt,
                "right": list(row.right),
                "answers": [
                    {
                        "label": one.label,
                        "text": one.answer.text,
                        "should": one.answer.should,
                        "by": one.answer.by,
                        "score": one.score,
                        "agrees": one.agrees,
                    }
                    for one in row.judged
                ],
            }
            for row in looked
        ],
    }
