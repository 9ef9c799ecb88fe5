from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.errors import FtassistError
from ftassist.recipes.metrics import MetricsWriter, curve_of, last_of, read_metrics


def test_a_row_can_be_read_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    with MetricsWriter(path, stage="train") as metrics:
        metrics.write(step=1, steps=2, loss=2.5)
        (row,) = read_metrics(path).rows
    assert (row["stage"], row["step"], row["loss"]) == ("train", 1, 2.5)


def test_a_loss_that_is_no_number_is_written_as_null(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    with MetricsWriter(path, stage="train") as metrics:
        metrics.write(step=1, loss=float("nan"))
    assert read_metrics(path).rows[0]["loss"] is None


def test_a_file_that_is_not_there_has_no_rows(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "metrics.jsonl", since=9).rows == ()


def test_a_new_training_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}\n')
    page = read_metrics(path)
    path.write_text('{"step": 1}\n')
    assert read_metrics(path, since=page.next).rows == ({"step": 1},)


def test_broken_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1\n\xff\x00\x01\n[1]\n' + b"[" * 100_000 + b'\n{"step": 2}\n')
    page = read_metrics(path)
    assert page.rows == ({"step": 2},)
    assert page.skipped == 4


def test_a_million_lines_are_read_in_pages_and_their_end_and_curve_at_once(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    with path.open("w") as file:
        for step in range(1_000_000):
            file.write(f'{{"step": {step}, "loss": 1.0}}\n')
    page = read_metrics(path)
    assert page.more
    assert len(page.rows) < 200_000
    assert read_metrics(path, page.next).rows[0]["step"] == page.rows[-1]["step"] + 1
    with path.open("rb") as file:
        assert last_of(file)[-1]["step"] == 999_999
        steps = [row["step"] for row in curve_of(file)]
    assert len(steps) < 10_000
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] > 990_000


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b"x" * 5_000_000)
    page = read_metrics(path)
    assert (page.rows, page.more) == ((), True)
    assert read_metrics(path, page.next).rows == ()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FtassistError, match=r"cannot write metrics\.jsonl"):
        MetricsWriter(tmp_path / "file" / "metrics.jsonl", stage="train")


@given(st.integers(1, 6), st.data())
def test_a_tail_read_in_any_pieces_gives_every_row_once(
    tmp_path_factory: pytest.TempPathFactory, count: int, data: st.DataObject
) -> None:
    whole = b"".join(b'{"step": %d}\n' % step for step in range(count))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    path = tmp_path_factory.mktemp("tail") / "metrics.jsonl"
    rows: list[int] = []
    since = 0
    for end in [*cuts, len(whole)]:
        path.write_bytes(whole[:end])
        page = read_metrics(path, since)
        rows += [row["step"] for row in page.rows]
        since = page.next
    assert rows == list(range(count))
