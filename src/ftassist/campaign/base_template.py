"""The look at a base's chat template when a campaign is made, before anything is paid for."""

from __future__ import annotations

from ftassist.models import TINY_NAME, BaseModel


def base_notes(base: BaseModel | None, system_turn: str) -> tuple[str, ...]:
    """What a person should know of a base's chat template; nothing of the model that ships.

    Args:
        base: The base; None for one that is to be fetched, which is looked at when it is there.
        system_turn: What the task decides about the template's own system turn.

    Raises:
        ModelError: The base cannot be trained; what its template says.
    """
    if base is None or base.name == TINY_NAME:
        return ()
    from ftassist.models.loading import load_tokenizer
    from ftassist.models.template_probe import check_template

    return check_template(
        load_tokenizer(base),
        name=base.path.name,
        where=str(base.place),
        system_turn=system_turn,
    )
