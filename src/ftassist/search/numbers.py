"""Numbers by an optimiser: what trials so far say of a recipe's knobs, and which to try next.

Optuna's tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011), warm-started with all
trials of the tree whose numbers are known; what is under way counts as a constant liar. Or CMA-ES
(Hansen and Ostermeier 2001), which begins anew from these trials each time it is asked. What each
knob seems worth is PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023). Needs the extra `search`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from ftassist.errors import FtassistError
from ftassist.search.policy import SearchKnob, TreeNode

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler

Sampler = Literal["tpe", "cmaes"]

WARM = 10
"""Scored trials from which CMA-ES begins with a distribution fitted to the best of them."""
STARTUP = 5
"""Scored trials before the estimator says more than chance."""
ENOUGH = 6
"""Scored trials with numbers before anything is said of what a knob is worth."""
RESAMPLES = 40
"""How often trials are resampled to tell how sure an importance is."""
_BEST_SHARE = 0.25
"""Of the scored trials, the share whose numbers make the best region."""


def installed(policy: str = "tpe") -> bool:
    """Whether what a policy asks for numbers is there, the extra for most; others need nothing."""
    needs = {"tpe": ("optuna",), "cmaes": ("optuna", "cmaes")}.get(policy, ())
    return all(find_spec(package) is not None for package in needs)


@dataclass(frozen=True)
class Region:
    """Where a knob stood in the best quarter of the trials, and what it seems worth.

    Attributes:
        knob: Its name.
        low: Its lowest value there.
        high: Its highest value there.
        importance: Its share of what the knobs explain, by PED-ANOVA; None where too few trials
            were scored, or the knob never varied.
    """

    knob: str
    low: float
    high: float
    importance: float | None


def suggest(
    nodes: Sequence[TreeNode],
    space: Sequence[SearchKnob],
    count: int,
    seed: int,
    sampler: Sampler = "tpe",
) -> list[dict[str, float]]:
    """The next recipes to try, each with those before it under way.

    Args:
        nodes: Trials; those without all numbers, and failed ones, are left out.
        space: The knobs.
        count: How many recipes.
        seed: Of the draws.
        sampler: By which estimator.

    Raises:
        FtassistError: Optuna is not installed, or the package `cmaes` where that is asked for.
    """
    with _quiet() as optuna:
        study = _study(optuna, nodes, space, seed)
        if sampler == "cmaes":
            study.sampler = _cmaes(optuna, study, seed)
        distributions = {knob.name: _distribution(optuna, knob) for knob in space}
        return [dict(study.ask(distributions).params) for _ in range(count)]


def regions(nodes: Sequence[TreeNode], space: Sequence[SearchKnob]) -> list[Region]:
    """What the trials say of each knob that varied, the most important first.

    Raises:
        FtassistError: Optuna is not installed.
    """
    scored = _with_numbers(nodes, space)
    varied = [knob for knob in space if len({dict(n.knobs)[knob.name] for n in scored}) > 1]
    if not varied:
        return []
    ranked = sorted(scored, key=lambda node: -(node.score or 0.0))
    best = [dict(n.knobs) for n in ranked[: max(2, round(_BEST_SHARE * len(ranked)))]]
    telling = len(scored) >= ENOUGH and len({node.score for node in scored}) > 1
    worth = _importance(scored, varied) if telling else {}
    found = []
    for knob in varied:
        values = [numbers[knob.name] for numbers in best]
        found.append(Region(knob.name, min(values), max(values), worth.get(knob.name)))
    return sorted(found, key=lambda region: -(region.importance or 0.0))


@dataclass(frozen=True)
class Importance:
    """What a knob seems worth: its share of what the knobs explain, and how sure that is.

    Attributes:
        knob: Its name.
        share: By PED-ANOVA over all scored trials.
        low: Least of the middle 90 % over resampled trials.
        high: Most of it.
    """

    knob: str
    share: float
    low: float
    high: float


def importance_ranges(nodes: Sequence[TreeNode], space: Sequence[SearchKnob]) -> list[Importance]:
    """What each knob that varied seems worth, the most important first; none for few trials.

    Raises:
        FtassistError: Optuna is not installed.
    """
    import numpy as np

    scored = _with_numbers(nodes, space)
    varied = [knob for knob in space if len({dict(n.knobs)[knob.name] for n in scored}) > 1]
    if len(scored) < ENOUGH or not varied:
        return []
    draws = np.random.default_rng(0)
    again = [
        _importance([scored[i] for i in draws.integers(len(scored), size=len(scored))], varied)
        for _ in range(RESAMPLES)
    ]
    found = []
    for name, share in _importance(scored, varied).items():
        low, high = np.quantile([one.get(name, 0.0) for one in again], (0.05, 0.95))
        found.append(Importance(name, share, float(low), float(high)))
    return sorted(found, key=lambda one: -one.share)


def _importance(scored: Sequence[TreeNode], varied: Sequence[SearchKnob]) -> Mapping[str, float]:
    with _quiet() as optuna:
        study = _study(optuna, scored, varied, 0)
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
        return {name: float(worth) for name, worth in found.items()}


def _cmaes(optuna: Any, study: Study, seed: int) -> BaseSampler:
    """CMA-ES that begins where the trials so far were best.

    With ten of them or more from a normal distribution fitted to the best tenth (warm-started
    CMA-ES, Nomura et al., AAAI 2021), with fewer around the best one.

    Raises:
        FtassistError: The package is not installed.
    """
    if find_spec("cmaes") is None:
        raise FtassistError(
            "the package that CMA-ES needs is not installed",
            where="cmaes",
            fix="pip install 'ftassist[search]'",
        )
    scored = [trial for trial in study.trials if trial.value is not None]
    begins: dict[str, Any] = {"source_trials": scored}
    if len(scored) < WARM:
        begins = {"x0": dict(study.best_trial.params)} if scored else {}
    found: BaseSampler = optuna.samplers.CmaEsSampler(seed=seed, n_startup_trials=0, **begins)
    return found


def _study(
    optuna: Any, nodes: Sequence[TreeNode], space: Sequence[SearchKnob], seed: int
) -> Study:
    """A study in memory with all that is known."""
    sampler = optuna.samplers.TPESampler(
        seed=seed, multivariate=True, constant_liar=True, n_startup_trials=STARTUP
    )
    study: Study = optuna.create_study(direction="maximize", sampler=sampler)
    distributions = {knob.name: _distribution(optuna, knob) for knob in space}
    state = optuna.trial.TrialState
    for node in _with_numbers(nodes, space, pending=True):
        numbers = dict(node.knobs)
        study.add_trial(
            optuna.trial.create_trial(
                params={knob.name: _fitting(knob, numbers[knob.name]) for knob in space},
                distributions=distributions,
                value=None if node.pending else node.score,
                state=state.RUNNING if node.pending else state.COMPLETE,
            )
        )
    return study


def _with_numbers(
    nodes: Sequence[TreeNode], space: Sequence[SearchKnob], *, pending: bool = False
) -> list[TreeNode]:
    """The scored trials, and those under way if asked for, that have a number for each knob."""
    names = {knob.name for knob in space}
    kept = [node for node in nodes if node.expandable or (pending and node.pending)]
    return [node for node in kept if names <= {name for name, _ in node.knobs}]


def _distribution(optuna: Any, knob: SearchKnob) -> BaseDistribution:
    found: BaseDistribution
    if knob.choices:
        found = optuna.distributions.CategoricalDistribution(knob.choices)
    elif knob.whole:
        found = optuna.distributions.IntDistribution(int(knob.low), int(knob.high), log=knob.log)
    else:
        found = optuna.distributions.FloatDistribution(knob.low, knob.high, log=knob.log)
    return found


def _fitting(knob: SearchKnob, value: float) -> float:
    """A value as the knob's distribution takes it: a trial may lie outside of it."""
    if knob.choices:
        return value
    inside = min(max(value, knob.low), knob.high)
    return int(inside) if knob.whole else inside


@contextmanager
def _quiet() -> Iterator[Any]:
    """Optuna without its log and its warnings of what is experimental.

    Raises:
        FtassistError: It is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise FtassistError(
            "the optimiser of numbers is not installed",
            where="optuna",
            fix="pip install 'ftassist[search]'",
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is experimental, and of trials that are equal
        yield optuna
