"""Recipes check what they are given by their signatures, before they do anything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ftassist.errors import CellError, DataError
from ftassist.recipes import curate as curate_module
from ftassist.recipes import train as train_module
from ftassist.recipes.checking import checked

curate: Any = curate_module
train: Any = train_module
SFT = ("tiny", "nowhere", "model")


@checked
def _recipe(rows: list[int], *, share: float = 0.5, name: str = "a") -> float:
    """A recipe."""
    return share * len(rows) + len(name)


recipe: Any = _recipe


@pytest.mark.parametrize(
    ("call", "what", "fix"),
    [
        (lambda: recipe([1], shar=0.1), "takes no argument 'shar'", "did you mean 'share'"),
        (lambda: recipe(), "needs rows", "give rows"),
        (lambda: recipe([1], 2, 3), "takes 1 arguments without a name", "name the others"),
        (lambda: recipe([1], rows=[2]), "given 'rows' twice", "once"),
        (lambda: recipe([1], share="0.5"), "share='0.5' cannot be taken", "a valid number"),
        (lambda: recipe([1], share=float("nan")), "share=nan cannot be taken", "finite"),
        (lambda: recipe([1], name=3), "name=3 cannot be taken", "string"),
        (lambda: train.sft(*SFT, learning_rate="1e-3"), "learning_rate='1e-3'", "number"),
        (lambda: train.sft(*SFT, learning_rate=-1.0), "learning_rate=-1.0", "above 0"),
        (lambda: train.dpo(*SFT, learning_rate=1e-3, rnk=4), "'rnk'", "'rank'"),
        (lambda: train.kto(*SFT, learning_rate=1e-3, batch_size=1.5), "batch_size=1.5", "integer"),
        (lambda: curate.sample([], 3), "rows=", "Rows"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(call: Any, what: str, fix: str) -> None:
    with pytest.raises(CellError) as refusal:
        call()
    assert what in refusal.value.what
    assert fix in refusal.value.fix


def test_numbers_of_other_libraries_are_numbers() -> None:
    assert recipe([1, 2], share=np.float32(0.5)) == 2.0
    with pytest.raises(DataError, match="nowhere"):
        train.sft(*SFT, learning_rate=np.float64(1e-3), epochs=np.int64(1))
