"""GRPO on TRL's trainer: answers are sampled, and a scorer says which are better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import datasets
from transformers import TrainerCallback
from trl import GRPOConfig

from ftassist.recipes import audit
from ftassist.recipes._chat_trainers import ChatGRPOTrainer
from ftassist.recipes._warm_up import JudgedMethod, cut_rows
from ftassist.recipes.arguments import SftArguments
from ftassist.recipes.models import LoadedModel
from ftassist.recipes.reward import load_reward
from ftassist.recipes.running import AuditLog
from ftassist.recipes.training import Examples, Ready, Row

FIRST_STEPS = 4
"""Steps in which some answers must be better than others of their prompt."""


class Grpo(JudgedMethod):
    """Group-relative policy optimisation with a task's scorer as reward."""

    name: ClassVar[str] = "grpo"
    keeps_reference: ClassVar[bool] = False

    def examples(
        self, rows: list[Row], loaded: LoadedModel, arguments: SftArguments, log: AuditLog
    ) -> Examples:
        """All rows: only their prompts are read."""
        return cut_rows(rows, loaded, arguments, log, keep_all=True)

    def build(self, ready: Ready, common: dict[str, Any], shared: Mapping[str, Any]) -> Any:
        """TRL's GRPOTrainer, with `generations` answers for each prompt of a batch."""
        generations = int(self.own["generations"])
        common["per_device_train_batch_size"] *= generations
        config = GRPOConfig(
            **common,
            num_generations=generations,
            max_completion_length=int(self.own["max_new_tokens"]),
            temperature=float(self.own["temperature"]),
            beta=float(self.own["beta"]),
        )
        rows = ready.examples.rows
        reward = _reward(str(self.own["scorer"]), rows)
        prompts = [{"prompt": list(r["messages"][:-1]), "row": n} for n, r in enumerate(rows)]
        dataset = datasets.Dataset.from_list(prompts)
        trainer = ChatGRPOTrainer(
            reward_funcs=reward, args=config, train_dataset=dataset, **shared
        )
        trainer.add_callback(RewardWatch(ready.log))
        return trainer


class RewardWatch(TrainerCallback):  # type: ignore[misc]
    """Stops a training whose answers all get the same reward: nothing can be learned from it."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log
        self._means: list[float] = []
        self._spread = 0.0

    def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Looks at the rewards of a step."""
        logs = more.get("logs") or {}
        if "reward" not in logs:
            return
        self._means.append(float(logs["reward"]))
        self._spread = max(self._spread, float(logs.get("reward_std") or 0.0))
        if len(self._means) == min(FIRST_STEPS, state.max_steps):
            detail = {"means": self._means, "largest_spread": self._spread}
            self._log.add(_reward_check(self._means, self._spread, detail))


def _reward_check(means: Sequence[float], spread: float, detail: dict[str, Any]) -> audit.Check:
    mean = sum(means) / len(means)
    if spread > 0:
        message = f"the reward of the first steps is {mean:.3f} on average, and answers differ"
        return audit.Check("reward", True, message, detail=detail)
    return audit.Check(
        "reward",
        False,
        f"every answer of the first {len(means)} steps gets the reward {mean:.3f}: there is "
        "nothing to learn from",
        "train supervised first, choose easier rows, or raise temperature or generations",
        detail,
    )


def _reward(scorer: str, rows: Sequence[Row]) -> Callable[..., list[float]]:
    judge = load_reward(scorer)

    def reward(completions: Sequence[Any], row: Sequence[int], **_: Any) -> list[float]:
        answers = zip(completions, row, strict=True)
        return judge([(rows[number], str(turns[0]["content"])) for turns, number in answers])

    return reward
