"""Measure what the model can do on fresh items of each skill of the mix.

    python -m pretraining.probe --model src/ftassist/models/tiny --items 60

Greedy decoding, first turn only. `exact` wants the whole answer with its steps, `final` only the
conclusion; `commonest` is what always giving the most frequent final would score.
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from pretraining.conversation import Exchange, Message, Skill, converse
from pretraining.mix import SKILLS

_LONGEST_PROMPT = 300


@dataclass(frozen=True)
class Question:
    """A prompt, the whole reference answer and the final part of it."""

    messages: tuple[Message, ...]
    answer: str
    final: str


@dataclass(frozen=True)
class Score:
    """Shares of right answers over `items` questions of one skill."""

    items: int
    exact: float
    final: float
    ended: float
    commonest: float


def questions(rng: Random, skill: Skill, count: int) -> list[Question]:
    """Draw first turns of a skill, each from its own context."""
    drawn: list[Question] = []
    while len(drawn) < count:
        exchange = skill(rng)
        item = rng.choice(exchange.items)
        messages = converse(rng, Exchange(exchange.context, (item,)))
        if sum(len(message.content) for message in messages[:-1]) < 2 * _LONGEST_PROMPT:
            drawn.append(Question(tuple(messages[:-1]), messages[-1].content, item.final))
    return drawn


@torch.inference_mode()
def answers(
    model: PreTrainedModel, coder: PreTrainedTokenizerBase, asked: list[Question]
) -> list[tuple[str, bool]]:
    """Return the greedy answer to each question and whether it ended by itself."""
    found = []
    for start in range(0, len(asked), 20):
        chats = [
            [{"role": m.role, "content": m.content} for m in question.messages]
            for question in asked[start : start + 20]
        ]
        inputs = coder.apply_chat_template(
            chats, add_generation_prompt=True, padding=True, return_tensors="pt", return_dict=True
        )
        rows = model.generate(**inputs, max_new_tokens=160)[:, inputs["input_ids"].shape[1] :]
        for row in rows:
            ended = bool((row == coder.eos_token_id).any())
            found.append((coder.decode(row, skip_special_tokens=True), ended))
    return found


def score(asked: list[Question], given: list[tuple[str, bool]]) -> Score:
    """Compare answers with their references."""
    count = len(asked)
    pairs = list(zip(asked, given, strict=True))
    exact = sum(text == question.answer for question, (text, _) in pairs)
    final = sum(_ends_with(text, question) for question, (text, _) in pairs)
    commonest = Counter(question.final for question in asked).most_common(1)[0][1]
    return Score(
        count, exact / count, final / count, sum(e for _, e in given) / count, commonest / count
    )


def _ends_with(text: str, question: Question) -> bool:
    """Tell whether `text` concludes as the reference does, whatever stands before.

    A wrapper must be closed as in the reference; a full stop at the end is free, because how an
    answer is introduced ("So 5", "The answer is 5.") is not asked for.
    """
    at = question.answer.rfind(question.final)
    tail = question.answer[at:].rstrip(".")
    before, found, after = text.rstrip(".").rpartition(tail)
    return bool(found) and not after and not before[-1:].isalnum() and before[-1:] != "."


def probe(folder: Path, items: int, seed: int) -> dict[str, Score]:
    """Score the model in `folder` on every skill of the mix."""
    coder = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    scores = {}
    for name, (skill, _) in SKILLS.items():
        asked = questions(Random(f"{seed}/{name}"), skill, items)
        scores[name] = score(asked, answers(model, coder, asked))
    return scores


def main() -> None:
    """Print a table of scores and, with `--json`, write them to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("src/ftassist/models/tiny"))
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    scores = probe(options.model, options.items, options.seed)
    print("| skill | items | exact | final | ended | commonest final |\n|---|---|---|---|---|---|")
    for name, each in scores.items():
        print(
            f"| {name} | {each.items} | {each.exact:.2f} | {each.final:.2f} | {each.ended:.2f} "
            f"| {each.commonest:.2f} |"
        )
    mean = sum(each.final for each in scores.values()) / len(scores)
    print(f"| mean | | | {mean:.2f} | | |")
    if options.json:
        options.json.write_text(json.dumps({k: vars(v) for k, v in scores.items()}, indent=2))


if __name__ == "__main__":
    main()
