from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM

from ftassist.dojo.evaluator import generate as generation
from ftassist.dojo.evaluator.cache import roomy
from ftassist.dojo.evaluator.generate import (
    BATCH_TOKENS,
    batches,
    generate,
    in_order,
    left_pad,
    shares,
)


@pytest.fixture(scope="module")
def model(base_folder: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(base_folder, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def prompts() -> list[list[int]]:
    generator = torch.Generator().manual_seed(0)
    return [
        torch.randint(3, 250, (length,), generator=generator).tolist()
        for length in [5, 31, 12, 7, 44, 12, 3, 20, 9, 27]
    ]


def test_answers_are_those_of_the_librarys_own_greedy_search(
    model: Any, prompts: list[list[int]]
) -> None:
    answers = generate(model, prompts, max_new_tokens=10, end_ids=frozenset({2}))
    for prompt, answer in zip(prompts, answers, strict=True):
        output = model.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            max_new_tokens=10,
            do_sample=False,
            eos_token_id=2,
            pad_token_id=0,
        )[0, len(prompt) :].tolist()
        assert list(answer.tokens) == [token for token in output if token != 2]


@pytest.mark.parametrize("rows", [1, 3, 64])
def test_the_size_of_a_batch_changes_no_answer(
    model: Any, prompts: list[list[int]], rows: int
) -> None:
    whole = generate(model, prompts, max_new_tokens=10, end_ids=frozenset({2}))
    parts = generate(model, prompts, max_new_tokens=10, end_ids=frozenset({2}), rows=rows)
    assert parts == whole


def test_an_end_token_finishes_an_answer_and_is_not_part_of_it(
    model: Any, prompts: list[list[int]]
) -> None:
    free = generate(model, prompts, max_new_tokens=10, end_ids=frozenset())
    end = free[0].tokens[4]
    ended = generate(model, prompts, max_new_tokens=10, end_ids=frozenset({end}))
    assert ended[0].finished
    assert ended[0].tokens == free[0].tokens[: free[0].tokens.index(end)]
    assert not free[0].finished
    assert len(free[0].tokens) == 10


def test_rows_that_finish_leave_the_others_unchanged(model: Any, prompts: list[list[int]]) -> None:
    free = generate(model, prompts, max_new_tokens=12, end_ids=frozenset())
    ends = frozenset(answer.tokens[k % 6] for k, answer in enumerate(free[:8]))
    for answer, whole in zip(
        generate(model, prompts, max_new_tokens=12, end_ids=ends), free, strict=True
    ):
        first = next((i for i, token in enumerate(whole.tokens) if token in ends), 12)
        assert answer.tokens == whole.tokens[:first]


def test_a_stop_rule_finishes_an_answer(model: Any, prompts: list[list[int]]) -> None:
    answers = generate(
        model,
        prompts,
        max_new_tokens=10,
        end_ids=frozenset(),
        stop=lambda written: len(written) == 3,
    )
    assert all(answer.finished and len(answer.tokens) == 3 for answer in answers)


def test_an_empty_prompt_is_an_error(model: Any) -> None:
    with pytest.raises(ValueError, match="no tokens"):
        generate(model, [[3], []], max_new_tokens=2, end_ids=frozenset())


def test_padding_stands_on_the_left_and_is_masked() -> None:
    ids, mask = left_pad([[5, 6], [7, 8, 9]], torch.device("cpu"))
    assert ids.tolist() == [[0, 5, 6], [7, 8, 9]]
    assert mask.tolist() == [[0, 1, 1], [1, 1, 1]]


@given(st.lists(st.integers(1, 5000), max_size=60), st.integers(1, 300), st.integers(1, 64))
def test_batches_hold_every_prompt_once_and_keep_their_bounds(
    lengths: list[int], new: int, rows: int
) -> None:
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    made = list(batches(lengths, new, rows, order))
    assert sorted(i for batch in made for i in batch) == list(range(len(lengths)))
    for batch in made:
        assert len(batch) <= rows
        longest = max(lengths[i] for i in batch)
        assert len(batch) == 1 or len(batch) * (longest + new) <= BATCH_TOKENS


def test_finished_answers_are_counted_up_to_all_of_them(
    model: Any, prompts: list[list[int]]
) -> None:
    told: list[tuple[int, int]] = []
    generate(
        model,
        prompts,
        max_new_tokens=10,
        end_ids=frozenset({2}),
        rows=4,
        count=lambda done, of: told.append((done, of)),
    )
    assert {of for _, of in told} == {len(prompts)}
    done = [number for number, _ in told]
    assert done[0] == 0 and done[-1] == len(prompts)
    assert done == sorted(done)
    assert {4, 8} <= set(done)


def test_prompts_that_begin_alike_get_the_answers_of_prompts_on_their_own(
    model: Any, prompts: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = [7, 8, 9, 10, 11, 12, 13]
    asked = [head + prompt for prompt in prompts] + [head, head + prompts[0]]
    assert shares(model)
    shared = generate(model, asked, max_new_tokens=70, end_ids=frozenset({2}))
    monkeypatch.setattr(generation, "shares", lambda model: False)
    alone = [generate(model, [p], max_new_tokens=70, end_ids=frozenset({2}))[0] for p in asked]
    assert shared == alone


def test_prompts_of_several_kinds_come_kind_by_kind_and_others_by_length() -> None:
    kinds = [list(range(start, start + 30)) for start in (3, 40, 80)]
    prompts = [kinds[n % 3] + [100 + n] * (1 + n % 5) for n in range(12)]
    assert [prompts[i][0] for i in in_order(prompts)] == [3] * 4 + [40] * 4 + [80] * 4
    same = [kinds[0] + [100 + n] * (1 + n % 5) for n in range(12)]
    sizes = [len(same[i]) for i in in_order(same)]
    assert sizes == sorted(sizes, reverse=True)


def test_a_cache_with_room_holds_what_the_librarys_holds(model: Any) -> None:
    from transformers import DynamicCache

    ours, theirs = roomy(model), DynamicCache(config=model.config)
    generator = torch.Generator().manual_seed(0)
    for tokens, rows in ((5, 4), (1, 4), (90, 4), (1, 2)):
        if rows == 2:
            for cache in (ours, theirs):
                cache.batch_select_indices(torch.tensor([3, 1]))
        keys, values = torch.rand(2, rows, 2, tokens, 8, generator=generator)
        found, wanted = (cache.update(keys, values, 0) for cache in (ours, theirs))
        assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))
    assert ours.get_seq_length() == theirs.get_seq_length() == 97
