from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.errors import FtassistError
from ftassist.recipes.saving import write_folder


def put(text: str) -> Callable[[Path], None]:
    """Writes one file."""

    def write(folder: Path) -> None:
        (folder / "a").write_text(text)

    return write


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "model", put("1"))
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model/a").read_text() == "1"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_save_leaves_the_old_folder_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    write_folder(tmp_path / "model", put("old"))

    def fail(folder: Path) -> None:
        (folder / "a").write_text("new")
        raise error

    with pytest.raises(error):
        write_folder(tmp_path / "model", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model/a").read_text() == "old"


def test_a_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "left_over").touch()
    write_folder(tmp_path / "model", put("new"))
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["a"]


def test_a_full_disk_is_told_plainly(tmp_path: Path) -> None:
    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(FtassistError, match="cannot write model: No space left"):
        write_folder(tmp_path / "model", full)
    assert list(tmp_path.iterdir()) == []
