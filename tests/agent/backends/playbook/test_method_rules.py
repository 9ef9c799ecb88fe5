"""Rules about methods, orders and averages: when each speaks, and that it changes one thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.ablation import apply_part
from ftassist.agent.backends import OutOfIdeasError
from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.backends.playbook.fresh_angles import FreshAngle
from ftassist.agent.backends.playbook.merge_rules import Soup
from ftassist.agent.backends.playbook.method_rules import (
    Labels,
    OwnAnswers,
    Pairs,
    Reward,
    Teacher,
)
from ftassist.agent.backends.playbook.order_rules import ShortFirst
from ftassist.agent.backends.playbook.rules import METHOD_RULES, RULES
from ftassist.agent.cells import Name
from ftassist.agent.cost import estimate
from ftassist.agent.plan import Plan, changed_parts
from ftassist.agent.situation import Situation

LORA = {"method": "lora", "rank": 16, "learning_rate": 3e-3}
DATA = {"orchard_steps": 300, "harbour_steps": 300}


def world(
    kit: Any, base: float = 0.3, parse_rate: float = 0.9, score: float = 0.5, **more: Any
) -> Any:
    """A campaign whose base answers readably, and a first trial whose loss is flat."""
    made = kit.World(model="org/model").base(base, parse_rate=parse_rate)
    name = made.propose(kit.cells(DATA, train=more.pop("train", None)))
    made.run(name, kit.feedback(score), **{"loss": kit.curve(), "data": DATA, **more})
    made.judge(name, "better", score - base)
    return made


def plan_of(edit: Any) -> Plan:
    return Plan.of(edit.cells)


def test_a_flat_loss_with_wrong_answers_in_form_is_rewarded(kit: Any, try_rule: Any) -> None:
    (edit,) = try_rule(Reward(), world(kit))
    training = plan_of(edit).training
    assert plan_of(edit).trainer == "train.grpo"
    assert training["scorer"] == Name("task")
    assert (training["supervised"], training["supervised_rate"]) == (2, 1e-3)
    assert training["learning_rate"] == 1e-4
    assert training["seed"] == Name("seed")


@pytest.mark.parametrize(
    "changed",
    [
        {"loss": "falling"},
        {"score": 0.95},
        {"score": 0.05},
        {"train": {"learning_rate": None}},
    ],
)
def test_cheaper_things_come_before_a_reward(
    kit: Any, try_rule: Any, changed: dict[str, Any]
) -> None:
    if changed.get("loss"):
        changed = {"loss": kit.curve(falling=True)}
    assert not try_rule(Reward(), world(kit, **changed))


def test_unreadable_answers_are_no_case_for_a_reward(kit: Any, try_rule: Any) -> None:
    made = kit.World().parent(parse_rate=0.6)
    assert not try_rule(Reward(), made)


def test_a_base_that_is_half_right_gives_pairs(kit: Any, try_rule: Any) -> None:
    (edit,) = try_rule(Pairs(), world(kit))
    after = plan_of(edit)
    assert after.trainer == "train.dpo"
    sampled = after.operator("curate.sample_answers")
    assert sampled is not None
    assert sampled.keywords["keep"] == "pairs"
    assert sampled.keywords["scorer"] == Name("task")


def test_a_base_that_is_rarely_right_gives_labels(kit: Any, try_rule: Any) -> None:
    made = world(kit, base=0.1)
    assert not try_rule(Pairs(), made)
    (edit,) = try_rule(Labels(), made)
    sampled = plan_of(edit).operator("curate.sample_answers")
    assert plan_of(edit).trainer == "train.kto"
    assert sampled is not None
    # 600 rows and 2000 at most: two answers beside each gold one.
    assert (sampled.keywords["keep"], sampled.keywords["samples"]) == ("labels", 2)


def test_labels_need_room_for_more_rows(kit: Any, try_rule: Any) -> None:
    assert not try_rule(Labels(), world(kit, base=0.1, data={"orchard_steps": 1200}))


@pytest.mark.parametrize("rule", [Pairs(), Labels(), OwnAnswers()])
def test_answers_of_a_base_that_cannot_be_read_are_not_judged(
    kit: Any, try_rule: Any, rule: Any
) -> None:
    for base in (0.1, 0.3):
        assert not try_rule(rule, world(kit, base=base, parse_rate=0.3))


def test_bare_rows_are_answered_by_the_model_itself(kit: Any, try_rule: Any) -> None:
    made = kit.World(
        profiles={"bulk_answers": kit.PROFILES["bulk_answers"], "polls": kit.PROFILES["polls"]}
    ).base(0.4)
    name = made.propose(kit.cells({"bulk_answers": 600}))
    made.run(name, kit.feedback(0.5), loss=kit.curve(), data={"bulk_answers": 600})
    made.judge(name, "better", 0.1)
    (edit,) = try_rule(OwnAnswers(), made)
    sampled = plan_of(edit).operator("curate.sample_answers")
    assert sampled is not None
    assert sampled.keywords["keep"] == "right"
    assert plan_of(edit).trainer == "train.sft"


def test_worked_rows_of_a_set_come_before_the_models_own(kit: Any, try_rule: Any) -> None:
    made = kit.World().base(0.4)
    name = made.propose(kit.cells({"bulk_answers": 600}))
    made.run(name, kit.feedback(0.5), loss=kit.curve(), data={"bulk_answers": 600})
    assert not try_rule(OwnAnswers(), made)


def test_a_teacher_is_used_where_one_is_named(kit: Any, try_rule: Any) -> None:
    made = world(kit)
    assert not try_rule(Teacher(), made)
    object.__setattr__(made.state, "settings", replace(made.state.settings, teacher="/models/big"))
    (edit,) = try_rule(Teacher(), made)
    assert plan_of(edit).trainer == "train.distil"
    assert plan_of(edit).training["teacher"] == "/models/big"
    assert plan_of(edit).training["epochs"] == 2


def test_a_jumping_loss_on_rows_of_all_lengths_is_a_case_for_short_ones_first(
    kit: Any, try_rule: Any
) -> None:
    long = {**kit.PROFILES["harbour_steps"], "response_characters": {"p50": 90, "p90": 200}}
    made = kit.World(profiles={**kit.PROFILES, "harbour_steps": long})
    made.parent(loss=kit.curve(jumps=[20, 40]))
    (edit,) = try_rule(ShortFirst(), made)
    assert plan_of(edit).training["order"] == "given"
    ordered = plan_of(edit).operator("curate.order")
    assert ordered is not None
    assert ordered.keywords == {"by": "length"}
    assert edit.cells["curate"].index("curate.order") < edit.cells["curate"].index("curate.export")
    found = Playbook().propose(made.context("t0001"), "t0001", k=40)
    keys = [proposal.change.key for proposal in found]
    assert keys.index("train.learning_rate:down") < keys.index("train.order:given")


def test_rows_of_one_length_or_a_steady_loss_are_shuffled(kit: Any, try_rule: Any) -> None:
    assert not try_rule(ShortFirst(), kit.World().parent(loss=kit.curve(jumps=[20, 40])))
    assert not try_rule(ShortFirst(), kit.World().parent())


def test_two_tied_adapters_are_averaged(kit: Any, try_rule: Any) -> None:
    made = kit.World().parent(kit.cells(DATA, train=LORA))
    other = kit.cells(DATA, train={**LORA, "rank": 32})
    name = made.propose(other, "t0001", key="train.rank:up", changes=["training"])
    made.run(name, kit.feedback(0.51), loss=kit.curve(), data=DATA)
    assert not try_rule(Soup(), made)
    made.judge(name, "tied", 0.01)
    (edit,) = try_rule(Soup(), made)
    cell = edit.cells["train"]
    assert [f'"adapters/{folder}"' in cell for folder in "ab"] == [True, True]
    assert cell.count("train.sft(") == 2
    assert 'train.merge(model, ["adapters/a", "adapters/b"], "model")' in cell
    # It costs both trainings.
    at = Situation.of(made.context("t0001"), "t0001")
    alone = made.state.trials[name].cells
    both, one = estimate(at, edit.cells).seconds, estimate(at, alone).seconds
    assert both is not None
    assert one is not None
    assert both > one + 5


def test_full_trainings_and_other_rows_are_not_averaged(kit: Any, try_rule: Any) -> None:
    for train, data in ((None, DATA), (LORA, {"orchard_steps": 300})):
        made = kit.World().parent(kit.cells(DATA, train=train))
        name = made.propose(
            kit.cells(data, train={**(train or {}), "epochs": 3}), "t0001", key="x"
        )
        made.run(name, kit.feedback(0.51), loss=kit.curve())
        made.judge(name, "tied", 0.01)
        assert not try_rule(Soup(), made)


def test_methods_come_when_all_that_is_cheaper_is_exhausted(kit: Any) -> None:
    made = world(kit, train=LORA)
    cheaper = Playbook(rules=tuple(rule for rule in RULES if rule not in METHOD_RULES))
    late = {rule.name for rule in METHOD_RULES}
    for _ in range(40):
        proposal = Playbook().propose(made.context("t0001"), "t0001")[0]
        if proposal.rule in late:
            break
        assert proposal == cheaper.propose(made.context("t0001"), "t0001")[0]
        made.veto(made.take(proposal), "another one, please")
    assert proposal.rule in late
    with pytest.raises(OutOfIdeasError):
        cheaper.propose(made.context("t0001"), "t0001")


def test_methods_are_among_the_alternatives_with_evidence_and_a_prediction(kit: Any) -> None:
    made = world(kit, train=LORA)
    found = Playbook().propose(made.context("t0001"), "t0001", k=12)
    assert {"reward", "pairs"} <= {proposal.rule for proposal in found}
    for proposal in found:
        if proposal.rule in {rule.name for rule in METHOD_RULES}:
            assert proposal.hypothesis.evidence
            assert proposal.hypothesis.low < 0 < proposal.hypothesis.high


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("no reinforcement learning here", "reward"),
        ("no preference tuning", "pairs"),
        ("no GRPO", "reward"),
    ],
)
def test_a_veto_of_a_method_is_heeded(kit: Any, reason: str, rule: str) -> None:
    made = world(kit)
    first = {p.rule: p for p in Playbook().propose(made.context("t0001"), "t0001", k=60)}
    made.veto(made.take(first["explore_set"]), reason)
    after = Playbook().propose(made.context("t0001"), "t0001", k=60)
    assert rule in first
    assert rule not in {p.rule for p in after}


def test_a_method_that_was_tried_is_left_as_it_is_by_rules_about_losses(kit: Any) -> None:
    made = world(kit)
    (edit,) = [
        p for p in Playbook().propose(made.context("t0001"), "t0001", k=60) if p.rule == "reward"
    ]
    name = made.take(edit)
    made.run(name, kit.feedback(0.6), loss=kit.curve(falling=True, jumps=[20, 30]), data=DATA)
    made.judge(name, "better", 0.1)
    at = Situation.of(made.context(name), name)
    assert at.loss is None
    assert not FreshAngle().applies(at)
    found = Playbook().propose(made.context(name), name, k=40)
    assert {p.hypothesis.changes for p in found if p.parent == name} == {("data",)}


def test_an_ablation_takes_a_method_with_the_answers_it_needs(kit: Any, try_rule: Any) -> None:
    made = world(kit)
    (edit,) = try_rule(Pairs(), made)
    before, after = Plan.of(made.state.trials["t0001"].cells), plan_of(edit)
    assert changed_parts(before, after) == ["train.trainer"]
    assert apply_part(before, after, "train.trainer") == edit.cells


def test_sampling_makes_a_trial_dearer(kit: Any, try_rule: Any) -> None:
    made = world(kit, train=LORA, seconds=60.0)
    at = Situation.of(made.context("t0001"), "t0001")
    plain = estimate(at, at.plan.cells).seconds
    assert plain is not None
    for rule in (Reward(), Pairs()):
        (edit,) = try_rule(rule, made)
        assert (estimate(at, edit.cells).seconds or 0.0) > 1.5 * plain


@pytest.mark.parametrize(
    "asking",
    [
        'rows = curate.synthesise(rows, instruction="vary the numbers", count=10)',
        'rows = curate.score(rows, by="judge", instruction="are the steps right?")',
    ],
)
def test_what_a_cell_that_asks_a_model_will_cost_is_not_said_to_be_nothing(
    kit: Any, asking: str
) -> None:
    made = world(kit)
    at = Situation.of(made.context("t0001"), "t0001")
    assert estimate(at, at.plan.cells).cost_usd == 0.0
    lines = at.plan.cells["curate"].strip().splitlines()
    curate = "\n".join([*lines[:-1], asking, lines[-1]])
    assert estimate(at, {**at.plan.cells, "curate": curate}).cost_usd is None


def test_with_nothing_left_after_a_method_it_looks_from_where_that_grew(kit: Any) -> None:
    made = kit.World(profiles={name: kit.PROFILES[name] for name in DATA}).base(0.3)
    first = made.propose(kit.cells(DATA, train=LORA))
    made.run(first, kit.feedback(0.5), loss=kit.curve(), data=DATA)
    made.judge(first, "better", 0.2)
    soup = {**kit.cells(DATA), "train": "rows = mixed(up)"}
    name = made.propose(soup, first, key="train.merge:t0009", rule="soup", changes=["training"])
    made.run(name, kit.feedback(0.55), data=DATA)
    made.judge(name, "better", 0.05)
    for _ in range(6):
        proposal = Playbook().propose(made.context(name), name)[0]
        made.veto(made.take(proposal), "another one, please")
    assert proposal.parent == first
