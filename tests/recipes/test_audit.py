import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.errors import TrainingStoppedError
from ftassist.recipes import audit
from ftassist.recipes.tokens import TokenRow

END = 9


def row(prompt: int, answer: int, *, end: bool = True) -> TokenRow:
    """A row of `prompt` untrained tokens, `answer` trained ones, and the end token."""
    ids = (*[1] * prompt, *[2] * answer, *[END] * end)
    return TokenRow(ids, tuple(place >= prompt for place in range(len(ids))))


def check(*rows: TokenRow, max_length: int = 64, context: int | None = None) -> audit.Check:
    def decode(ids: object) -> str:
        return "".join(str(i) for i in ids)  # type: ignore[attr-defined]

    ends = frozenset({END})
    return audit.tokens(rows, max_length=max_length, end_ids=ends, decode=decode, context=context)


def test_the_share_of_trained_tokens_is_counted() -> None:
    found = check(row(6, 1), row(7, 4))
    assert found.passed
    assert found.detail["share_trained"] == 0.35
    assert found.detail["rows_with_end_token"] == 2


def test_the_example_marks_what_is_trained() -> None:
    assert check(row(3, 2)).detail["example"] == "111⟦229⟧"


def test_rows_that_are_cut_are_counted() -> None:
    found = check(row(4, 2), row(4, 2), row(4, 2), row(4, 6), max_length=8)
    assert found.passed
    assert found.detail["rows_truncated"] == 1


def test_rows_cut_before_their_answer_are_counted_and_refused_when_all_are() -> None:
    found = check(row(9, 2), row(9, 3), max_length=8)
    assert not found.passed
    assert found.detail["rows_masked_by_truncation"] == 2
    assert "raise max_length" in found.fix


def test_rows_without_any_trained_token_are_refused() -> None:
    found = check(TokenRow((1, 1), (False, False)))
    assert "nothing is trained" in found.message
    with pytest.raises(TrainingStoppedError, match="nothing is trained"):
        found.enforce()


def test_no_rows_are_refused() -> None:
    assert not check().passed


def test_an_end_token_outside_the_loss_is_refused() -> None:
    assert "never learn to stop" in check(row(3, 2, end=False)).message


def test_answers_longer_than_the_context_are_trained_on_and_told() -> None:
    long = [row(4, 30).fitted(16), row(9, 20).fitted(16)]
    assert not check(*long).passed
    found = check(*long, context=16)
    assert found.passed
    assert found.message == "no answer ends within the 16 tokens the model reads"


def test_an_answer_that_ends_nowhere_is_refused_where_there_was_room() -> None:
    rows = [row(4, 30).fitted(16), row(3, 2, end=False)]
    assert not check(*rows, context=16).passed


def test_rows_over_the_context_are_counted() -> None:
    found = audit.fitting([row(20, 2), row(4, 2)], 16)
    assert found.passed
    assert "1 of 2 rows have more than the 16 tokens" in found.message


def test_training_mostly_on_cut_rows_is_refused() -> None:
    found = check(row(2, 2), row(2, 9), row(2, 9), max_length=8)
    assert not found.passed
    assert "2 of 3 rows" in found.message


def test_a_group_without_gradient_is_refused_by_name() -> None:
    base = "base_model.model.model.layers"
    peaks = {
        f"{base}.0.self_attn.q_proj.lora_A.default.weight": 0.0,
        f"{base}.0.self_attn.q_proj.lora_B.default.weight": 0.5,
        f"{base}.0.self_attn.k_proj.lora_A.default.weight": 0.0,
        f"{base}.0.self_attn.k_proj.lora_B.default.weight": 0.0,
    }
    found = audit.gradients(peaks)
    assert not found.passed
    assert "k_proj" in found.message
    assert "q_proj" not in found.message
    assert found.detail["silent_modules"] == ["layers.0.self_attn.k_proj"]


def test_one_matrix_of_an_adapter_with_gradient_is_enough() -> None:
    peaks = {"layers.0.q_proj.lora_A.default.weight": 0.0, "layers.0.q_proj.lora_B.weight": 1.0}
    assert audit.gradients(peaks).passed


def test_training_no_parameter_is_refused() -> None:
    assert not audit.gradients({}).passed


@pytest.mark.parametrize(("loss", "norm"), [(math.nan, 1.0), (math.inf, 1.0), (2.0, math.nan)])
def test_a_loss_or_gradient_that_is_no_number_is_refused_with_its_step(
    loss: float, norm: float
) -> None:
    found = audit.loss_curve([2.0, loss], norm)
    assert not found.passed
    assert "step 2" in found.message


def test_an_exploding_loss_is_refused_with_its_step() -> None:
    found = audit.loss_curve([2.0, 2.0, 30.0, 40.0, 50.0])
    assert "exploded at step 5" in found.message
    assert "learning_rate" in found.fix


def test_one_spike_is_not_an_explosion() -> None:
    assert audit.loss_curve([2.0, 1.9, 1.8, 12.0, 1.8, 1.7]).passed


@given(st.lists(st.floats(0.001, 3.0), min_size=1, max_size=50))
def test_small_losses_never_count_as_explosion(losses: list[float]) -> None:
    assert audit.loss_curve([2.0, *losses]).passed


def test_training_that_cannot_fit_is_refused_before_it_starts() -> None:
    assert audit.memory(weights=0, trained=10, available=120).passed
    found = audit.memory(weights=0, trained=10, available=119)
    assert not found.passed
    assert "out of memory" in found.message


def test_the_estimate_leaves_out_the_first_step() -> None:
    memory = audit.MemoryEstimate(0, 0)
    found = audit.first_steps([9.0, 1.0, 1.0, 1.0], steps=60, memory=memory)
    assert found.detail["estimated_seconds"] == 60.0


def test_memory_is_extrapolated_to_the_largest_batch_with_its_error() -> None:
    of = audit.MemoryEstimate.of
    assert of(at_rest=100, peak=300, seen=1000, largest=1000) == audit.MemoryEstimate(300, 0)
    assert of(at_rest=100, peak=300, seen=1000, largest=2000) == audit.MemoryEstimate(500, 200)
    assert of(at_rest=400, peak=300, seen=1000, largest=2000) == audit.MemoryEstimate(400, 100)
