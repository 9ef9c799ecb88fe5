from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.errors import DataError, FtassistError
from ftassist.recipes.metrics import MetricsWriter, read_metrics


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


def test_a_broken_line_in_the_middle_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1\n{"step": 2}\n')
    with pytest.raises(DataError, match="not valid JSON"):
        read_metrics(path)


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
