"""Audits of a training run: is the right thing trained, on the right tokens, and does it learn?

Pure functions from tokenised rows and measured numbers to a `Check`; each check becomes one
entry of `audit.json`, and a failed one stops training. Nothing here trains or reads a file.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftassist.errors import TrainingStoppedError
from ftassist.models.answers import OPEN, same_letters
from ftassist.recipes.tokens import TokenRow

EXPLODED = 3.0
"""Training has exploded when the smoothed loss is more than this many times the first one ..."""
RISEN = 2.0
"""... and more than this many nats above it (small losses jump without harm)."""
SMOOTHED = 5
"""Steps the loss is averaged over, and steps before which no explosion is called."""


@dataclass(frozen=True)
class Check:
    """One audit.

    Attributes:
        name: What was audited.
        passed: Whether training may go on.
        message: The finding, one sentence.
        fix: What to do if it failed.
        detail: The numbers behind it.
    """

    name: str
    passed: bool
    message: str
    fix: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The check as JSON."""
        return {
            "name": self.name,
            "passed": self.passed,
            "message": self.message,
            "fix": self.fix,
            "detail": self.detail,
        }

    def enforce(self, where: str = "train.sft") -> None:
        """Stops training if the check failed.

        Raises:
            TrainingStoppedError: With the finding and what to do.
        """
        if not self.passed:
            raise TrainingStoppedError(self.message, where=where, fix=self.fix)


def tokens(
    rows: Sequence[TokenRow],
    *,
    max_length: int,
    end_ids: frozenset[int],
    decode: Callable[[Sequence[int]], str],
    context: int | None = None,
) -> Check:
    """Audits which tokens are trained on.

    Fails when no token is trained on, when no row has its end token inside the loss (the model
    would never learn to stop), or when more than half of the rows are cut or dropped. Where it is
    the model's context that takes the ends off, nothing can be mended, and the message says so.

    Args:
        rows: All rows, before they are cut to `max_length`.
        max_length: The length they will be cut to.
        end_ids: Tokens at which generation stops.
        decode: Tokens to text, special tokens shown.
        context: The tokens the model reads, to which the rows were cut already if they had more.
    """
    cut = [row.cut(max_length) for row in rows]
    kept = [row for row in cut if any(row.trained)]
    total = sum(len(row) for row in kept)
    trained = sum(sum(row.trained) for row in kept)
    ended = sum(_ends_inside(row, end_ids) for row in kept)
    detail = {
        "rows": len(rows),
        "rows_trained": len(kept),
        "rows_truncated": sum(len(row) > max_length for row in rows),
        "rows_without_answer": sum(not any(row.trained) for row in rows),
        "rows_masked_by_truncation": sum(
            any(whole.trained) and not any(short.trained)
            for whole, short in zip(rows, cut, strict=True)
        ),
        "tokens": total,
        "tokens_trained": trained,
        "share_trained": round(trained / total, 4) if total else 0.0,
        "rows_with_end_token": ended,
        "longest_row": max((len(row) for row in rows), default=0),
        "example": marked(kept[0], decode) if kept else "",
    }
    message, fix = _token_finding(detail, max_length)
    if kept and not ended and all(len(row) == context for row in kept):
        message, fix = f"no answer ends within the {context} tokens the model reads", ""
    elif not fix:
        message = (
            f"{detail['share_trained']:.0%} of {total:,} tokens are trained on; "
            f"{detail['rows_truncated']} of {len(rows)} rows are cut at {max_length} tokens, "
            f"{len(rows) - len(kept)} dropped; {ended} of {len(kept)} end inside the loss"
        )
    return Check("tokens", not fix, message, fix, detail)


def answers(
    rows: Sequence[TokenRow],
    wanted: Sequence[str],
    decode: Callable[[Sequence[int]], str],
) -> Check:
    """Audits that the text of every row's answer is inside what is trained on.

    White space, case and compatible letters do not count: templates trim, tokenizers normalise.
    Fails with the first row whose answer is not there, whole.

    Args:
        rows: All rows, before they are cut.
        wanted: The answer of each row; "" for one that has none to train on.
        decode: Tokens to text, special tokens shown.
    """
    lost = [
        number
        for number, (row, answer) in enumerate(zip(rows, wanted, strict=True), start=1)
        if not _holds(row, answer, decode)
    ]
    skipped = sum(row.skipped for row in rows)
    detail = {"rows": len(rows), "rows_lost": len(lost), "lost": lost[:10], "skipped": skipped}
    if lost:
        first = rows[lost[0] - 1]
        kept = decode([i for i, on in zip(first.ids, first.trained, strict=True) if on])
        message = (
            f"the answer of {len(lost)} of {len(rows)} rows is not in what would be trained on; "
            f"row {lost[0]} answers {wanted[lost[0] - 1]!r:.80}, trained on would be {kept!r:.80}"
        )
        fix = (
            "use a base model whose chat template and tokenizer write the answers as they are, or "
            "leave these rows out"
        )
        return Check("answers", False, message, fix, detail)
    message = f"the answers of all {len(rows)} rows are in what is trained on"
    if skipped:
        message += (
            f"; {skipped} earlier answers are not, because the template writes them otherwise "
            "once a chat goes on"
        )
    return Check("answers", True, message, "", detail)


def _holds(row: TokenRow, answer: str, decode: Callable[[Sequence[int]], str]) -> bool:
    """Whether an answer is in what is trained; an opened think block may stand before it."""
    words = same_letters(answer)
    trained = [i for i, on in zip(row.ids, row.trained, strict=True) if on]
    found = same_letters(decode(trained))
    if words in found:
        return True
    start = next((place for place, on in enumerate(row.trained) if on), len(row))
    before = same_letters(decode(row.ids[:start]))
    return words.startswith(OPEN) and before.endswith(OPEN) and words.removeprefix(OPEN) in found


def fitting(before: Sequence[TokenRow], context: int) -> Check:
    """Tells how many rows are longer than what the model reads; a remark, never a failure.

    Args:
        before: The rows as they came.
        context: The tokens the model reads.
    """
    long = sum(len(row) > context for row in before)
    detail = {"rows": len(before), "rows_over_context": long, "context": context}
    message = f"{long} of {len(before)} rows have more than the {context} tokens the model reads"
    if long:
        message += ": the beginning of their prompts is left out, as in the evaluation"
    return Check("context", True, message, "", detail)


def marked(row: TokenRow, decode: Callable[[Sequence[int]], str]) -> str:
    """A row as text with the trained runs in ⟦ ⟧."""
    parts: list[str] = []
    start = 0
    for place in range(1, len(row) + 1):
        if place == len(row) or row.trained[place] != row.trained[start]:
            text = decode(row.ids[start:place])
            parts.append(f"⟦{text}⟧" if row.trained[start] else text)
            start = place
    return "".join(parts)


def pieces(row: TokenRow, decode: Callable[[Sequence[int]], str]) -> list[tuple[str, bool]]:
    """A row's tokens, each as text with whether it is trained on."""
    return [(decode([token]), on) for token, on in zip(row.ids, row.trained, strict=True)]


def gradients(peaks: Mapping[str, float]) -> Check:
    """Audits that every group of trained parameters gets a gradient.

    A group is all modules of one name (such as `q_proj` in every layer). Fails when a whole
    group's gradients are zero over the first steps; single silent modules are listed.

    Args:
        peaks: The largest gradient norm seen in the first steps, by parameter name.
    """
    modules: dict[str, float] = defaultdict(float)
    for name, norm in peaks.items():
        module = module_of(name)
        modules[module] = max(modules[module], norm)
    groups: dict[str, list[float]] = defaultdict(list)
    for module, norm in modules.items():
        groups[module.rsplit(".", 1)[-1]].append(norm)
    dead = sorted(group for group, norms in groups.items() if not any(norms))
    silent = sorted(module for module, norm in modules.items() if not norm)
    detail = {
        "groups": {
            group: {
                "modules": len(norms),
                "with_gradient": sum(norm > 0 for norm in norms),
                "largest_norm": _rounded(max(norms)),
            }
            for group, norms in sorted(groups.items())
        },
        "silent_modules": silent[:20],
    }
    if not groups:
        fix = "choose targets that exist in the model, or method='full'"
        return Check("gradients", False, "no parameter is trained", fix, detail)
    if dead:
        message = f"no gradient reaches {', '.join(dead)}: it would never be trained"
        return Check("gradients", False, message, "take it out of targets", detail)
    message = f"every one of {len(groups)} groups ({len(modules)} modules) gets a gradient"
    return Check("gradients", True, message, "", detail)


def module_of(parameter: str) -> str:
    """The module a parameter or adapter weight belongs to, without wrappers' prefixes."""
    name = parameter.split(".lora_")[0]
    for prefix in ("base_model.model.", "model."):
        name = name.removeprefix(prefix)
    return name.removesuffix(".weight").removesuffix(".bias")


def loss_curve(losses: Sequence[float], gradient_norm: float = 0.0) -> Check:
    """Audits a loss curve up to now: a number at every step, and not exploded.

    Args:
        losses: The loss of each step so far.
        gradient_norm: The last step's gradient norm.
    """
    step = len(losses)
    if losses and not (math.isfinite(losses[-1]) and math.isfinite(gradient_norm)):
        what = "loss" if not math.isfinite(losses[-1]) else "gradient"
        message = f"the {what} is not a number at step {step}"
        fix = "lower learning_rate (try a third) or raise warmup"
        return Check("loss", False, message, fix, {"step": step})
    initial = losses[0] if losses else 0.0
    recent = _mean(losses[-SMOOTHED:])
    detail = {"step": step, "initial": _rounded(initial), "recent": _rounded(recent)}
    if step >= SMOOTHED and recent > max(EXPLODED * initial, initial + RISEN):
        message = f"training exploded at step {step}: loss {recent:.2f}, from {initial:.2f}"
        return Check("loss", False, message, "lower learning_rate (try a third)", detail)
    return Check("loss", True, f"loss {recent:.3f} at step {step}, from {initial:.3f}", "", detail)


def memory(weights: int, trained: int, available: int) -> Check:
    """Audits, before the first step, that training can fit at all.

    Weights, float32 gradients and the two AdamW moments are certain; activations come on top, so
    a pass is no promise but a failure is sure.

    Args:
        weights: Bytes of the model's weights, already in memory.
        trained: Number of trained parameters.
        available: Bytes free for the rest.
    """
    needed = 12 * trained
    detail = {"weights": weights, "gradients_and_optimizer": needed, "available": available}
    sizes = f"{_mebibytes(needed)} for gradients and optimizer, {_mebibytes(available)} are free"
    if needed > available:
        fix = "use method='lora', a lower rank or fewer targets"
        return Check("memory", False, f"out of memory before the start: {sizes}", fix, detail)
    return Check("memory", True, sizes, "", detail)


@dataclass(frozen=True)
class MemoryEstimate:
    """The memory of a whole training, from its first steps.

    What is there between steps (weights, optimizer) stays; what a forward pass adds grows at
    most with the tokens in it. So the largest batch to come needs between the peak seen so far
    and that peak with its growing part scaled up.

    Attributes:
        bytes: The estimate: the upper end.
        error: How much less it may be, in bytes.
    """

    bytes: int
    error: int

    @classmethod
    def of(cls, *, at_rest: int, peak: int, seen: int, largest: int) -> MemoryEstimate:
        """Extrapolates.

        Args:
            at_rest: Bytes in use between two steps.
            peak: The most bytes in use so far.
            seen: Tokens, padding included, of the largest forward pass so far.
            largest: The same of the largest one to come.
        """
        grows = max(0, peak - at_rest)
        needed = at_rest + round(grows * largest / seen) if largest > seen else peak
        return cls(max(needed, peak), max(0, needed - peak))


def first_steps(seconds: Sequence[float], steps: int, memory: MemoryEstimate) -> Check:
    """Tells, from the first steps, how long the whole training will take and what it needs.

    Args:
        seconds: Seconds of each of the first steps; the first one includes warming up.
        steps: All steps of the training.
        memory: Of the largest batch, extrapolated.
    """
    settled = sorted(seconds[1:] or seconds)
    each = settled[len(settled) // 2]
    spread = (settled[-1] - settled[0]) / 2
    detail = {
        "steps_measured": len(seconds),
        "seconds_per_step": _rounded(each),
        "steps": steps,
        "estimated_seconds": round(each * steps, 1),
        "estimated_seconds_error": round(spread * steps, 1),
        "estimated_memory": memory.bytes,
        "estimated_memory_error": memory.error,
    }
    message = (
        f"{steps} steps of {each:.2f} s: about {each * steps:.0f} s (± {spread * steps:.0f}); "
        f"{_mebibytes(memory.bytes)} of memory (- {_mebibytes(memory.error)})"
    )
    return Check("estimate", True, message, "", detail)


def generation(text: str, new_tokens: int, ended: bool) -> Check:
    """Audits that the trained model still generates.

    Args:
        text: What it answered to a training prompt.
        new_tokens: How many tokens it generated.
        ended: Whether it stopped by itself.
    """
    detail = {"text": text, "new_tokens": new_tokens, "ended": ended}
    message = f"the trained model answers {text!r}"
    fix = "" if new_tokens else "lower learning_rate; look at the loss curve"
    return Check("generation", new_tokens > 0, message, fix, detail)


def _token_finding(detail: Mapping[str, Any], max_length: int) -> tuple[str, str]:
    """What is wrong and what to do, or two empty texts."""
    rows, kept = detail["rows"], detail["rows_trained"]
    if not kept:
        if detail["rows_masked_by_truncation"]:
            message = f"all {rows} rows are cut before their answer at max_length={max_length}"
            return message, f"raise max_length (the longest row has {detail['longest_row']})"
        message = f"nothing is trained: none of {rows} rows has a token inside the loss"
        return message, "check the chat template and that rows end with an assistant turn"
    if not detail["rows_with_end_token"]:
        message = "no row has its end token inside the loss: the model would never learn to stop"
        return message, (
            "raise max_length if rows are cut; else make eos_token the one the chat template "
            "ends a turn with"
        )
    lost = detail["rows_truncated"] + detail["rows_without_answer"]
    if 2 * lost > rows:
        message = f"{lost} of {rows} rows are cut at max_length={max_length} or have no answer"
        return message, "raise max_length, or drop long rows with curate.filter_length"
    return "", ""


def _ends_inside(row: TokenRow, end_ids: frozenset[int]) -> bool:
    last = max(place for place, on in enumerate(row.trained) if on)
    return row.ids[last] in end_ids


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
