"""A template that is handed on asks as a scoring asked, wherever it is used as it stands."""

from __future__ import annotations

from typing import Any

import pytest
from tests.recipes.conftest import PLAIN, make_tokenizer

from ftassist.dojo.artefacts.template import as_it_stands, as_scored
from ftassist.models.chat_format import ChatFormat

OWN = "{% if messages[0].role != 'system' %}<|im_start|>system\nBe kind.<|im_end|>\n{% endif %}"
THINK = "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}"
NO_PROMPT = (
    "{% for m in messages %}{% if m.role == 'user' %}<|im_start|>{{ m.content }}\n"
    "{% else %}<|im_end|>{{ m.content }}<|im_end|>{% endif %}{% endfor %}"
)
QUESTION = [{"role": "user", "content": "2 + 3?"}]
SYSTEM = [{"role": "system", "content": "Briefly."}, *QUESTION]
LONGER = [*QUESTION, {"role": "assistant", "content": "5"}, {"role": "user", "content": "Sure?"}]


def both(template: str, system_turn: str) -> tuple[ChatFormat, ChatFormat]:
    """How a template is scored, and how others use what is handed on of it."""
    scored = ChatFormat.of(make_tokenizer(template), None, system_turn)
    handed = make_tokenizer(as_scored(scored))
    return scored, as_it_stands(ChatFormat.of(handed, None, "own"))


@pytest.mark.parametrize("template", [PLAIN, PLAIN + "\n", f"\n{PLAIN}"])
def test_a_template_that_asks_the_same_stays_as_it_is(template: str) -> None:
    scored = ChatFormat.of(make_tokenizer(template), None, "own")
    assert as_scored(scored) == template


@pytest.mark.parametrize(
    ("template", "system_turn"),
    [
        (OWN + PLAIN, "none"),
        (OWN + PLAIN + "\n", "none"),
        (PLAIN.partition("{% if add")[0] + THINK, "own"),
        (OWN + PLAIN.partition("{% if add")[0] + THINK, "none"),
        (NO_PROMPT, "own"),
    ],
)
@pytest.mark.parametrize("chat", [QUESTION, SYSTEM, LONGER])
def test_what_a_scoring_leaves_out_is_left_out_by_the_template(
    template: str, system_turn: str, chat: list[dict[str, Any]]
) -> None:
    scored, handed = both(template, system_turn)
    assert as_scored(scored) != template
    assert handed.question_of(chat) == scored.question_of(chat)
