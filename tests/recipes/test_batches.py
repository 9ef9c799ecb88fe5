from hypothesis import given
from hypothesis import strategies as st

from ftassist.recipes.batches import BatchPlan, epoch_order, pack
from ftassist.recipes.tokens import TokenRow

lengths = st.lists(st.integers(1, 20), min_size=1, max_size=80)


def plan(sizes: list[int], **changes: object) -> BatchPlan:
    settings: dict[str, object] = {
        "lengths": tuple(sizes),
        "batch_size": 4,
        "accumulation": 1,
        "epochs": 2,
        "max_steps": None,
        "seed": 0,
        "order": "shuffled",
    }
    return BatchPlan(**{**settings, **changes})  # type: ignore[arg-type]


@given(lengths, st.integers(1, 9), st.integers(0, 3), st.integers(0, 3))
def test_an_epoch_visits_every_row_once(
    sizes: list[int], batch_size: int, seed: int, epoch: int
) -> None:
    order = epoch_order(sizes, batch_size, seed=seed, epoch=epoch, order="shuffled")
    assert sorted(order) == list(range(len(sizes)))


def test_epochs_differ_and_seeds_repeat() -> None:
    sizes = list(range(40))
    first = epoch_order(sizes, 4, seed=0, epoch=0, order="shuffled")
    assert first == epoch_order(sizes, 4, seed=0, epoch=0, order="shuffled")
    assert first != epoch_order(sizes, 4, seed=0, epoch=1, order="shuffled")
    assert first != epoch_order(sizes, 4, seed=1, epoch=0, order="shuffled")


def test_rows_of_like_length_share_a_batch() -> None:
    sizes = [10, 200] * 16
    order = epoch_order(sizes, 4, seed=0, epoch=0, order="shuffled")
    batches = [{sizes[index] for index in order[i : i + 4]} for i in range(0, 32, 4)]
    assert all(len(batch) == 1 for batch in batches)


def test_a_given_order_is_kept() -> None:
    assert epoch_order([3, 1, 2], 2, seed=0, epoch=1, order="given") == [0, 1, 2]


def test_steps_count_the_last_partial_batch_and_accumulation() -> None:
    assert plan([1] * 9).steps == 6
    assert plan([1] * 9, accumulation=2).steps == 4
    assert plan([1] * 9, epochs=0.5).steps == 2
    assert plan([1] * 9, max_steps=5).steps == 5


@given(lengths, st.integers(1, 3))
def test_all_tokens_are_seen_in_every_epoch(sizes: list[int], epochs: int) -> None:
    seen = plan(sizes, epochs=epochs).tokens_seen()
    assert seen[-1] == epochs * sum(sizes)
    assert len(seen) == plan(sizes, epochs=epochs).steps


@given(lengths)
def test_packing_keeps_every_row_whole_and_within_the_length(sizes: list[int]) -> None:
    rows = [TokenRow((number,) * size, (True,) * size) for number, size in enumerate(sizes)]
    bins = pack(rows, 20)
    assert all(sum(len(row) for row in members) <= 20 for members in bins)
    assert sorted(row.ids for members in bins for row in members) == sorted(r.ids for r in rows)
