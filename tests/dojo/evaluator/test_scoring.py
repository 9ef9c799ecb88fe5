from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from ftassist.dojo.evaluator import models
from ftassist.dojo.evaluator.generate import GeneratedText
from ftassist.dojo.evaluator.harness import GreedyModel, harness_task
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.scoring import evaluator_digest, read_feedback, score
from ftassist.dojo.scorers.thinking import after_thinking, cut_answer
from ftassist.dojo.shown import partial_items, shown_items
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.errors import DataError
from ftassist.files import hash_file

from .conftest import write_task


class Oracle(LM):  # type: ignore[misc]
    """A model that writes what it is told to, seen by the harness as any other."""

    def __init__(self, write: Any) -> None:
        super().__init__()
        self._write = write
        self.prompts: list[str] = []

    @property
    def tokenizer_name(self) -> str:
        return "none"

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        return "".join(f"[{m['role']}] {m['content']}" for m in chat_history)

    def generate_until(self, requests: Sequence[Instance]) -> list[str]:
        self.prompts = [request.args[0] for request in requests]
        return [self._write(request.doc) for request in requests]

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: Sequence[Instance]) -> list[float]:
        raise NotImplementedError


def greedy(base: models.Base, folder: Path | None = None, rows: int = 64) -> GreedyModel:
    loaded = models.load_model(base, folder)
    return GreedyModel(loaded.model, base.tokenizer, base.end_ids, rows)


@pytest.fixture(scope="module")
def base(base_folder: Path) -> models.Base:
    return models.load_base(str(base_folder))


def scores_of(model: Any, task: Task, file: Path) -> list[dict[str, Any]]:
    score(model, task, "validation", model_digest="m", scores_file=file)
    items: list[dict[str, Any]] = json.loads(file.read_text())["items"]
    return items


def test_a_model_that_knows_the_answers_scores_one(task: Task) -> None:
    oracle = Oracle(lambda doc: f"So it is. Answer: {doc['answer']}")
    feedback = score(oracle, task, "validation", model_digest="m")
    assert (feedback.score, feedback.parse_rate, feedback.wrong) == (1.0, 1.0, ())


def test_answers_that_cannot_be_read_are_wrong_and_counted(task: Task) -> None:
    oracle = Oracle(lambda doc: f"Answer: {doc['answer']}" if doc["view"] == "small" else "?")
    feedback = score(oracle, task, "validation", model_digest="m")
    assert (feedback.score, feedback.parse_rate) == (0.5, 0.5)
    assert {view: e.score for view, e in feedback.views.items()} == {"large": 0.0, "small": 1.0}
    assert {wrong.view for wrong in feedback.wrong} == {"large"}


def test_the_model_sees_the_prompt_in_its_chat_template(task: Task) -> None:
    oracle = Oracle(lambda doc: "")
    score(oracle, task, "validation", model_digest="m")
    assert oracle.prompts[0] == f"[user] {task.items('validation')[0]['prompt']}"


def test_only_the_named_split_is_asked(task: Task) -> None:
    oracle = Oracle(lambda doc: doc["id"])
    feedback = score(oracle, task, "test", model_digest="m")
    assert feedback.n == len(task.items("test"))
    assert not any("What is 100 plus 3?" in prompt for prompt in oracle.prompts)


def test_the_same_model_gives_the_same_answers_twice(
    base: models.Base, task: Task, tmp_path: Path
) -> None:
    first = scores_of(greedy(base), task, tmp_path / "a.json")
    assert scores_of(greedy(base), task, tmp_path / "b.json") == first


def test_the_size_of_a_batch_changes_no_score(
    base: models.Base, task: Task, tmp_path: Path
) -> None:
    first = scores_of(greedy(base), task, tmp_path / "a.json")
    assert scores_of(greedy(base, rows=1), task, tmp_path / "b.json") == first


def test_every_item_that_hits_the_limit_is_counted_as_truncated(
    base: models.Base, task: Task
) -> None:
    model = greedy(base)
    feedback = score(model, task, "validation", model_digest="m")
    limited = [a for a in model.answers.values() if not a.finished]
    assert feedback.truncation_rate == len(limited) / feedback.n
    assert all(len(a.tokens) == task.card.max_new_tokens for a in limited)
    assert feedback.generated_tokens == sum(len(a.tokens) for a in model.answers.values())


def test_the_scores_file_is_named_by_its_hash_and_gives_the_feedback_back(
    task: Task, tmp_path: Path
) -> None:
    file = tmp_path / "scores" / "t0001.validation.json"
    feedback = score(
        Oracle(lambda doc: "Answer: 1"), task, "validation", model_digest="m", scores_file=file
    )
    assert feedback.scores_digest == hash_file(file)
    assert read_feedback(file) == feedback
    items = json.loads(file.read_text())["items"]
    assert [item["id"] for item in items] == [item["id"] for item in task.items("validation")]


def test_a_scoring_file_that_changes_meanwhile_makes_the_score_invalid(
    task_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(task_folder, tmp_path / "sums")
    task = load_task(str(folder))

    def write(doc: dict[str, Any]) -> str:
        with (folder / "scoring.py").open("a") as file:
            file.write("\n")
        return ""

    with pytest.raises(RefusedError, match="changed") as caught:
        score(Oracle(write), task, "validation", model_digest="m")
    assert caught.value.kind == "INVALID"


def test_data_that_changed_since_the_task_was_registered_are_refused(
    task_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(task_folder, tmp_path / "sums")
    task = load_task(str(folder))
    expected = evaluator_digest(task)
    (folder / "evaluation" / "validation.jsonl").write_text(
        (folder / "evaluation" / "test.jsonl").read_text()
    )
    with pytest.raises(RefusedError, match="changed"):
        score(Oracle(lambda doc: ""), task, "validation", model_digest="m", expected=expected)


def test_training_sets_are_no_part_of_the_evaluators_digest(
    task_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(task_folder, tmp_path / "sums")
    before = evaluator_digest(load_task(str(folder)))
    (folder / "repository" / "new.jsonl").write_text("{}\n")
    assert evaluator_digest(load_task(str(folder))) == before


def test_scoring_that_gives_no_score_is_a_clear_error(task_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(task_folder, tmp_path / "sums")
    (folder / "scoring.py").write_text("def process_results(doc, results):\n    return {'x': 1}\n")
    (folder / "harness.yaml").write_text(
        (folder / "harness.yaml").read_text().split("metric_list")[0]
        + "metric_list: [{metric: x, aggregation: mean, higher_is_better: true}]\n"
    )
    with pytest.raises(DataError, match="gave no score to the item 'validation-0'"):
        score(Oracle(lambda doc: ""), load_task(str(folder)), "validation", model_digest="m")


def test_a_task_without_a_definition_is_a_clear_error(task_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(task_folder, tmp_path / "sums")
    (folder / "harness.yaml").unlink()
    with pytest.raises(DataError, match="has no items to score"):
        harness_task(load_task(str(folder)), "validation")


def test_generation_is_greedy_and_limited_by_the_card(task: Task) -> None:
    settings = harness_task(task, "validation").get_config("generation_kwargs")
    assert settings == {"until": ["<|im_end|>"], "do_sample": False, "max_gen_toks": 12}


def test_an_answer_is_cut_at_the_first_stop_text() -> None:
    assert cut_answer("four. Next: five", [" Next", "five"]) == "four."


CHOICE = """
task: parity
output_type: multiple_choice
doc_to_text: "{{prompt}}"
doc_to_choice: [even, odd]
doc_to_target: "{{answer}}"
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
"""


def test_a_multiple_choice_task_of_the_harness_comes_through_the_same_way(
    base: models.Base, task_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(task_folder, tmp_path / "parity")
    (folder / "harness.yaml").write_text(CHOICE)
    card = (folder / "card.yaml").read_text().replace("{name: accuracy,", "{name: acc,")
    (folder / "card.yaml").write_text(card)
    rows = [
        {"id": str(n), "prompt": f"{n} is", "answer": ["even", "odd"][n % 2]} for n in range(8)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "evaluation" / "validation.jsonl").write_text(lines)
    feedback = score(greedy(base), load_task(str(folder)), "validation", model_digest="m")
    assert feedback.n == 8
    assert feedback.score in {n / 8 for n in range(9)}
    assert list(feedback.views) == ["all"]


def test_a_task_s_own_scoring_is_handed_the_text_after_thinking(
    task: Task, tmp_path: Path
) -> None:
    right = Oracle(lambda doc: f"<think>Answer: 0</think>Answer: {doc['answer']}")
    assert score(right, task, "validation", model_digest="m").score == 1.0
    unclosed = Oracle(lambda doc: f"<think>Answer: {doc['answer']}")
    feedback = score(unclosed, task, "validation", model_digest="m")
    assert (feedback.score, feedback.parse_rate) == (0.0, 0.0)
    written = {item["output"] for item in scores_of(right, task, tmp_path / "a.json")}
    assert all(text.startswith("<think>") for text in written)


@pytest.fixture
def thinking(base: models.Base) -> GreedyModel:
    """A model whose marks of thinking are special tokens, which decoding leaves away."""
    model = greedy(base)
    tokenizer = copy.deepcopy(base.tokenizer)
    tokenizer.add_special_tokens({"additional_special_tokens": ["[THINK]", "[/THINK]", "<pad9>"]})
    return GreedyModel(model.model, tokenizer, base.end_ids)


def written(model: GreedyModel, said: str, prompt: str, *, finished: bool = True) -> str:
    """What a model's tokens give as an answer to a prompt."""
    tokens = tuple(model.tokenizer.encode(said, add_special_tokens=False))
    return model._written(GeneratedText(tokens, finished), prompt, [])


def test_marks_that_are_special_tokens_are_kept_for_reading_the_answer(
    thinking: GreedyModel,
) -> None:
    answer = written(thinking, "[THINK]Answer: 1[/THINK]Answer: 2<pad9>", "?")
    assert "[THINK]" not in str(answer)
    assert after_thinking(answer) == "Answer: 2"


@pytest.mark.parametrize(
    ("said", "finished", "answer"),
    [
        ("so it is 1</think>Answer: 2", True, "Answer: 2"),
        ("so it is 1</think>Answer: 2", False, "Answer: 2"),
        ("Answer: 2", True, "Answer: 2"),
        ("so it is Answer: 2, or", False, ""),
    ],
)
def test_a_prompt_that_opens_thinking_is_closed_by_the_answer_or_by_its_end(
    thinking: GreedyModel, said: str, finished: bool, answer: str
) -> None:
    found = written(thinking, said, "<|im_start|>assistant\n<think>\n", finished=finished)
    assert after_thinking(found) == answer


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """A task with validation items to spare."""
    return load_task(str(write_task(tmp_path_factory.mktemp("large") / "sums", items=240)))


def test_items_that_are_shown_do_not_count(large: Task, tmp_path: Path) -> None:
    shown = shown_items(((i["id"], i["view"]) for i in large.items("validation")), seed=4)
    by_heart = Oracle(lambda doc: f"Answer: {doc['answer']}" if doc["id"] in shown else "?")
    file = tmp_path / "scores.json"
    feedback = score(
        by_heart, large, "validation", model_digest="m", scores_file=file, shown_seed=4
    )
    assert (feedback.score, feedback.n, feedback.parse_rate) == (0.0, 180, 0.0)
    assert feedback.shown is not None
    assert (feedback.shown.score, feedback.shown.n, feedback.wrong) == (1.0, 60, ())
    told = {i["id"] for i in json.loads(file.read_text())["items"] if i.get("shown")}
    assert told == shown
    assert read_feedback(file).shown == feedback.shown


def test_wrong_answers_are_of_items_that_do_not_count(large: Task) -> None:
    items = large.items("validation")
    feedback = score(Oracle(lambda doc: "?"), large, "validation", model_digest="m", shown_seed=4)
    shown = shown_items(((i["id"], i["view"]) for i in items), seed=4)
    assert len(feedback.wrong) == 10
    assert {wrong.id for wrong in feedback.wrong} <= shown


def test_what_a_cell_gets_and_prints_is_of_the_items_that_are_shown(large: Task) -> None:
    shown = shown_items(((i["id"], i["view"]) for i in large.items("validation")), seed=4)
    knows = Oracle(lambda doc: "?" if doc["id"] in shown else f"Answer: {doc['answer']}")
    feedback = score(knows, large, "validation", model_digest="m", shown_seed=4)
    assert {view.score for view in feedback.views.values()} == {1.0}
    assert {view.score for view in feedback.told.views.values()} == {0.0}
    assert "parsed 0%" in repr(feedback)
    assert "accuracy 100.0 %" in repr(feedback)


def test_every_item_of_the_test_split_counts(large: Task) -> None:
    feedback = score(Oracle(lambda doc: "?"), large, "test", model_digest="m", shown_seed=4)
    assert (feedback.n, feedback.shown) == (240, None)


def test_a_run_in_part_is_scored_on_a_part_that_selects_and_tells_of_no_item(
    large: Task, tmp_path: Path
) -> None:
    part = partial_items(((i["id"], i["view"]) for i in large.items("validation")), seed=4)
    knows = Oracle(lambda doc: f"Answer: {doc['answer']}" if doc["id"] in part else "?")
    file = tmp_path / "scores.json"
    feedback = score(
        knows, large, "validation", model_digest="m", scores_file=file, shown_seed=4, rung=0.25
    )
    assert (feedback.score, feedback.n, feedback.rung) == (1.0, 90, 0.25)
    assert (feedback.wrong, feedback.views, feedback.shown) == ((), {}, None)
    assert not feedback.diagnosis
    assert {i["id"] for i in json.loads(file.read_text())["items"]} == part
    assert read_feedback(file).rung == 0.25
    assert "no score of the trial" in repr(feedback)
    assert "no score of the trial" in feedback._repr_html_()


def test_the_test_split_is_never_scored_in_part(large: Task) -> None:
    feedback = score(
        Oracle(lambda doc: "?"), large, "test", model_digest="m", shown_seed=4, rung=0.25
    )
    assert (feedback.n, feedback.rung) == (240, None)
