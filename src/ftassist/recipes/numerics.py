"""What decides the last digits of a training, written down before its first step, and compared.

Two runs of the same training should agree to the last digit. Where they do not, what each of them
computed with tells why: precision, threads, instruction set, versions, what the process had done
before. `_numerics` takes such a fingerprint in the kernel; here it is data: read, compared, and
put into words. Knows nothing of torch.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ftassist.files import hash_text, open_inside
from ftassist.records.numerics import NO_NUMERICS, Fingerprint, Group, TrialNumerics, Value

FILE = "numerics.json"
"""Beside the output: the fingerprints of all trainings begun there, the newest last."""
SCHEMA = "ftassist/numerics/1"
KERNEL_VARIABLE = "FTASSIST_KERNEL"
"""Tells a cell whether its kernel is a "spare" one or a "fresh" one."""
ATTEMPT_VARIABLE = "FTASSIST_ATTEMPT"
GROUPS = ("settings", "machine", "versions", "variables")
"""What a difference can come from."""
_MOST_BYTES = 1_000_000
_MOST_TRAININGS = 64
_LONGEST = 2_000
_WATCHED = (
    "numpy", "scipy", "sklearn", "pandas", "pyarrow", "torch", "transformers", "accelerate",
    "datasets", "peft", "trl", "tokenizers", "bitsandbytes", "numba", "jax", "tensorflow",
)  # fmt: skip
_INPUTS = {
    "rows": "other rows, another order of them, or another tokenizer",
    "first_batch": "another first batch",
    "weights": "training began with other weights",
    "weights_at_step": "the first step began with other weights",
    "random": "the random generators stood elsewhere",
}
_LIKELY = (
    "precision", "weights", "attention", "device", "capability", "flags", "matmul", "tf32",
    "torch", "transformers", "trl", "peft", "threads", "omp_threads", "omp_dynamic", "onednn",
    "mkl",
)  # fmt: skip
"""What moves losses most, first."""
_NAMES = {
    "capability": "instruction set of torch",
    "cpu": "processor",
    "flags": "processor features",
    "omp_threads": "OpenMP threads",
    "interop_threads": "inter-operation threads",
    "matmul": "float32 products",
    "libraries": "OpenMP and BLAS libraries",
    "onednn": "oneDNN",
    "mkl": "MKL",
}


@dataclass(frozen=True)
class Comparison:
    """What differs between two fingerprints of the same training.

    Attributes:
        results: What was computed or read otherwise before the first step; a phrase each.
        causes: What it can come from: settings, machine, versions; a phrase each.
        around: Differences that are usual and should not matter: which kernel, what was loaded.
    """

    results: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    around: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether all numbers agree, to the last digit."""
        return not self.results

    def cause(self) -> str:
        """The likely cause of a difference in the losses; "" when none is recorded."""
        if not self.causes:
            return "; ".join(self.results)
        first, *more = self.causes
        also = f"; also other: {'; '.join(more)}" if more else ""
        seen = f" ({'; '.join(self.results)})" if self.results else ""
        return f"{first}{seen}{also}"

    def sentence(self, other: str) -> str:
        """One sentence on how a training compares with another one, named `other`."""
        usual = f"; {'; '.join(self.around)}" if self.around else ""
        if self.same and not self.causes:
            return f"numerics as in {other}, to the last digit{usual}"
        if self.same:
            told = "; ".join(self.causes)
            return f"numerics so far as in {other}, to the last digit, but {told}{usual}"
        told = "; ".join(self.results)
        why = "; ".join(self.causes) or "nothing that is recorded tells why"
        return f"numerics differ from {other}: {told} ({why}{usual})"


def loaded_before() -> list[str]:
    """The libraries that compute and were loaded already, in the order they were loaded in."""
    return [name for name in list(sys.modules) if name in _WATCHED]


def installed(names: Sequence[str]) -> dict[str, str]:
    """The installed versions of libraries; "" for one that is absent."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def read_fingerprints(folder: Path) -> list[Fingerprint]:
    """The fingerprints of a trial's folder, oldest first; none where there is no sound file.

    A cell can write what it likes there: links are not followed, what has another form is left
    out, and long texts are cut.
    """
    try:
        with open_inside(folder, FILE) as file:
            raw = json.loads(file.read(_MOST_BYTES + 1))
    except (OSError, ValueError, RecursionError):
        return []
    found = raw.get("trainings") if isinstance(raw, dict) else None
    if not isinstance(found, list):
        return []
    return [sound for one in found[-_MOST_TRAININGS:] if (sound := _sound(one))]


def compare(before: Fingerprint, now: Fingerprint) -> Comparison:
    """What differs between two fingerprints, oldest first."""
    results = [*_inputs(before, now), *_probe(before, now)]
    changed = [found for group in GROUPS for found in _changed(before, now, group)]
    changed.sort(key=lambda found: _LIKELY.index(found[0]) if found[0] in _LIKELY else 99)
    causes = [_phrase(name, *pair) for name, pair in changed]
    around = dict(_changed(before, now, "process"))
    if before.kernel != now.kernel:
        around.pop("loaded_before", None)  # a spare kernel has its libraries loaded, a fresh not
        around["kernel"] = (before.kernel, now.kernel)
    usual = tuple(_phrase(name, *pair) for name, pair in around.items())
    return Comparison(tuple(results), tuple(causes), usual)


def compare_settings(before: Fingerprint, now: Fingerprint) -> Comparison:
    """The same for trainings on other seeds: rows and weights differ, the arithmetic may not."""
    return compare(before, replace(now, inputs=before.inputs))


def earlier(trainings: Sequence[Fingerprint]) -> Fingerprint | None:
    """The first training of the same arguments, rows and base as the newest; None without one."""
    newest = trainings[-1]
    same = (one for one in trainings[:-1] if one.training == newest.training)
    return next(same, None)


def record_of(folder: Path, attempt: int = 0) -> TrialNumerics:
    """The newest fingerprint of a folder with its digest and how it compares; false for none.

    Args:
        folder: Where `numerics.json` lies.
        attempt: The attempt it must belong to; 0 for any.
    """
    trainings = read_fingerprints(folder)
    if not trainings or (attempt and trainings[-1].attempt not in (attempt, 0)):
        return NO_NUMERICS
    newest, other = trainings[-1], earlier(trainings)
    if other is None:
        return TrialNumerics(digest(newest), newest)
    found = compare(other, newest)
    return TrialNumerics(digest(newest), newest, found.same, found.sentence(name_of(other)))


def name_of(fingerprint: Fingerprint) -> str:
    """What to call a training: its attempt, and the step it began at."""
    attempt, step = fingerprint.attempt, fingerprint.step
    name = f"attempt {attempt}" if attempt else "the training before"
    return f"{name} (from step {step})" if step else name


def digest(fingerprint: Fingerprint) -> str:
    """A digest of all that should be the same in another run of the same training."""
    kept = {name: getattr(fingerprint, name) for name in (*GROUPS, "inputs", "probe")}
    return hash_text(json.dumps(kept, sort_keys=True))


def _inputs(before: Fingerprint, now: Fingerprint) -> list[str]:
    """What was read or drawn otherwise; what belongs to a step only where the steps agree."""
    same_step = before.step == now.step
    known = [n for n in _INPUTS if same_step or n not in ("first_batch", "weights_at_step")]
    changed = [name for name, _ in _changed(before, now, "inputs") if name in known]
    return [_INPUTS[name] for name in changed]


def _probe(before: Fingerprint, now: Fingerprint) -> list[str]:
    """The losses of the fixed batch."""
    pairs = dict(_changed(before, now, "probe"))
    if "loss" not in pairs:
        return []
    was, is_now = pairs["loss"]
    told = f"the loss of the fixed batch is {is_now} instead of {was}"
    exact = [(one.probe or {}).get("float32") for one in (before, now)]
    if None not in exact and exact[0] == exact[1]:
        precision = (now.settings or {}).get("precision", "this precision")
        told += f", though in float32 it is the same: the arithmetic of {precision} differs"
    return [told]


def _changed(
    before: Fingerprint, now: Fingerprint, group: str
) -> list[tuple[str, tuple[Value, Value]]]:
    """Entries of a group that both have and that differ; a variable may be one's only."""
    old: Group | None = getattr(before, group)
    new: Group | None = getattr(now, group)
    if old is None or new is None:
        return []
    names = [n for n in old if n in new]
    if group == "variables":
        names = [*old, *(name for name in new if name not in old)]
    return [(n, (old.get(n), new.get(n))) for n in names if old.get(n) != new.get(n)]


def _phrase(name: str, was: Value, is_now: Value) -> str:
    label = _NAMES.get(name, name if name.isupper() else name.replace("_", " "))
    if isinstance(was, list) and isinstance(is_now, list):
        gone = [str(x) for x in was if x not in is_now]
        new = [str(x) for x in is_now if x not in was]
        parts = [f"without {', '.join(gone)}"] if gone else []
        parts += [f"with {', '.join(new)}"] if new else []
        return f"{label} {' and '.join(parts) or 'in another order'}"
    return f"{label} {_value(is_now)} instead of {_value(was)}"


def _value(value: Value) -> str:
    return "none" if value is None or value == "" else str(value)


def _sound(raw: object) -> Fingerprint | None:
    """A fingerprint with known entries of known forms only; None for what is none."""
    if not isinstance(raw, dict):
        return None
    kept: dict[str, object] = {}
    for name, kind in (("training", str), ("kernel", str), ("attempt", int), ("step", int)):
        if isinstance(raw.get(name), kind):
            kept[name] = _plain(raw[name])
    for name in (*GROUPS, "inputs", "probe", "process", "load"):
        group = raw.get(name)
        if isinstance(group, dict):
            kept[name] = {str(k)[:80]: _plain(v) for k, v in list(group.items())[:64]}
    return Fingerprint.of(kept) if kept else None


def _plain(value: object) -> Value:
    """A number, a flag, a short text, or a list of short texts."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        return [str(one)[:80] for one in value[:128]]
    return str(value)[:_LONGEST]
