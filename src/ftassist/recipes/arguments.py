"""What a training takes and gives, as data; arguments are checked at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from ftassist.errors import CellError
from ftassist.recipes.batches import Order

Method = Literal["lora", "full", "qlora"]
MOST = 1_000_000
"""Of anything that is counted: more is a slip, and no machine could do it."""
MOST_DEVICES = 64
"""Of one trial: more are not in one machine."""
ADAPTERS = ("lora", "qlora")
PRECISION = "FTASSIST_PRECISION"
"""The environment variable that decides what trainings compute in: "bf16" or "float32"."""
SCHEDULES = ("linear", "cosine", "constant", "constant_with_warmup")
OTHER_USUALS: Mapping[str, Any] = {"epochs": 1, "batch_size": 16, "validation_share": 0.0}
"""Where the trainings beside `train.sft` differ from it in what is not said."""


@dataclass(frozen=True)
class SftArguments:
    """The arguments that trainings share, checked; what is not given is as in `train.sft`.

    Raises:
        CellError: A value is out of range; names it.
    """

    model: str
    data: str
    output: str
    learning_rate: float
    epochs: float = 2
    batch_size: int = 32
    method: Method = "lora"
    rank: int = 16
    alpha: float = 32
    targets: str | tuple[str, ...] = "all-linear"
    accumulation: int = 1
    max_length: int = 256
    packing: bool = False
    warmup: float = 0.05
    schedule: str = "linear"
    weight_decay: float = 0.0
    validation_share: float = 0.05
    order: Order = "shuffled"
    seed: int = 0
    max_steps: int | None = None
    checkpointing: bool = False
    layers: int | None = None
    devices: int = 1

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> SftArguments:
        """The arguments as a cell gives them: paths are texts here, lists are tuples.

        Args:
            given: Arguments by name; `alpha` may be None, for twice the rank.
        """
        values = dict(given)
        values |= {name: str(values[name]) for name in ("data", "output")}
        if values.get("alpha") is None:
            values["alpha"] = 2 * values.get("rank", cls.rank)
        if isinstance(values.get("targets"), list):
            values["targets"] = tuple(values["targets"])
        return cls(**values)

    def __post_init__(self) -> None:
        known = ("full", *ADAPTERS)
        _require(self.method in known, "method", self.method, '"lora", "full" or "qlora"')
        _require(self.schedule in SCHEDULES, "schedule", self.schedule, ", ".join(SCHEDULES))
        _require(self.order in ("shuffled", "given"), "order", self.order, '"shuffled" or "given"')
        for name in ("rank", "alpha", "learning_rate", "epochs", "batch_size", "accumulation"):
            fits = 0 < getattr(self, name) <= MOST
            _require(fits, name, getattr(self, name), "a number above 0, a million at most")
        _require(8 <= self.max_length <= MOST, "max_length", self.max_length, "8 tokens or more")
        _require(0 <= self.warmup < 1, "warmup", self.warmup, "a share of the steps, 0 to 1")
        _require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "0 or more")
        share = self.validation_share
        _require(0 <= share < 1, "validation_share", share, "a share of the rows, 0 to 1")
        enough = self.max_steps is None or self.max_steps > 0
        _require(enough, "max_steps", self.max_steps, "1 or more, or None")
        some = self.layers is None or 0 < self.layers <= MOST
        _require(some, "layers", self.layers, "the number of last layers to adapt, or None")
        _require(0 < self.devices <= MOST_DEVICES, "devices", self.devices, "1 to 64")
        even = self.batch_size % self.devices == 0
        expected = f"a multiple of devices={self.devices}: each takes its share of a batch"
        _require(even, "batch_size", self.batch_size, expected)
        if self.layers is not None and self.method not in ADAPTERS:
            raise CellError(
                f"layers={self.layers} goes with an adapter, the method is {self.method!r}",
                where="train.sft",
                fix='use method="lora", or leave layers out',
            )


@dataclass(frozen=True)
class TrainResult:
    """What a training gave.

    Attributes:
        output: The folder of the adapter or model.
        method: "lora", "full" or "qlora".
        rows: Rows trained on.
        rows_validation: Rows held out for the validation loss.
        steps: Optimizer steps done.
        loss: Mean training loss of the last five steps.
        validation_loss: The last validation loss, if rows were held out.
        tokens: Tokens seen.
        parameters_trained: Parameters that were trained.
        seconds: Where the time went.
        peak_memory: Largest memory of the process (on a GPU: of the device), in bytes.
        device: "cpu" or the GPU's name.
        precision: "bf16" (autocast) or "float32".
        of_steps: Steps of the whole training, where it rests at a rung; else 0.
    """

    output: str
    method: str
    rows: int
    rows_validation: int
    steps: int
    loss: float
    validation_loss: float | None
    tokens: int
    parameters_trained: int
    seconds: dict[str, float]
    peak_memory: int
    device: str
    precision: str
    of_steps: int = 0

    def __repr__(self) -> str:
        """Two lines for the cell's output."""
        held_out = f"{self.validation_loss:.3f}" if self.validation_loss is not None else "-"
        spent = ", ".join(f"{name} {value:.1f}" for name, value in self.seconds.items())
        rests = f" of {self.of_steps}, where it rests" if self.of_steps > self.steps else ""
        return (
            f"{self.method}: {self.rows:,} rows, {self.steps} steps{rests}, loss {self.loss:.3f}, "
            f"validation loss {held_out}, {self.parameters_trained:,} parameters trained\n"
            f"seconds: {spent}; {self.device}, {self.precision}"
        )


def check_values(values: Mapping[str, Any]) -> None:
    """Checks those arguments of a training that are known before it runs.

    Args:
        values: Arguments by name; those that no training shares are not looked at.

    Raises:
        CellError: A value is out of range; names it.
    """
    known = {each.name for each in fields(SftArguments)}
    given = {name: value for name, value in values.items() if name in known}
    if given.get("alpha", 1) is None:
        del given["alpha"]  # the recipe chooses it
    SftArguments(**{"model": "", "data": "", "output": "", "learning_rate": 1.0, **given})


def _require(condition: bool, name: str, value: object, expected: str) -> None:
    if not condition:
        raise CellError(
            f"{name}={value!r} is not possible", where="train.sft", fix=f"give {expected}"
        )
