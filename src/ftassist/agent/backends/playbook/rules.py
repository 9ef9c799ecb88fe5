"""All rules of the playbook, in the order that breaks ties. Holds none of its own."""

from __future__ import annotations

from ftassist.agent.backends.playbook.answer_rules import (
    Balance,
    FitContract,
    LengthFilter,
    ShowWork,
)
from ftassist.agent.backends.playbook.asked_start_rules import AskedStart
from ftassist.agent.backends.playbook.cleaning_rules import (
    Deduplicate,
    FilterLabels,
    NoisySource,
    OffTopic,
)
from ftassist.agent.backends.playbook.device_rules import MoreDevices
from ftassist.agent.backends.playbook.fresh_angles import FreshAngle
from ftassist.agent.backends.playbook.keeping_rules import KeepMore
from ftassist.agent.backends.playbook.layer_rules import LastLayers
from ftassist.agent.backends.playbook.merge_rules import Soup
from ftassist.agent.backends.playbook.method_rules import (
    Labels,
    OwnAnswers,
    Pairs,
    Reward,
    Teacher,
)
from ftassist.agent.backends.playbook.mixture_rules import (
    EvenMix,
    ExploreSet,
    HeedVeto,
    LeaveOneOut,
    MoreRows,
    WeakestView,
)
from ftassist.agent.backends.playbook.number_rules import Optimised
from ftassist.agent.backends.playbook.order_rules import ShortFirst
from ftassist.agent.backends.playbook.repair_rules import Repair
from ftassist.agent.backends.playbook.rule import Rule
from ftassist.agent.backends.playbook.side_rules import OtherSide
from ftassist.agent.backends.playbook.start_rules import Start
from ftassist.agent.backends.playbook.training_rules import (
    FewerEpochs,
    LowerRate,
    MoreCapacity,
    MoreEpochs,
    RaiseRate,
)
from ftassist.agent.backends.playbook.wish_rules import AskedFor

DATA_RULES: tuple[Rule, ...] = (
    FitContract(),
    ShowWork(),
    WeakestView(),
    FilterLabels(),
    Balance(),
    OffTopic(),
    NoisySource(),
    LengthFilter(),
    Deduplicate(),
    EvenMix(),
    MoreRows(),
    ExploreSet(),
    LeaveOneOut(),
)
TRAINING_RULES: tuple[Rule, ...] = (
    LowerRate(),
    FewerEpochs(),
    MoreEpochs(),
    RaiseRate(),
    MoreCapacity(),
    LastLayers(),
    MoreDevices(),
)
METHOD_RULES: tuple[Rule, ...] = (
    ShortFirst(),
    OwnAnswers(),
    Teacher(),
    Reward(),
    Pairs(),
    Labels(),
    Soup(),
)
"""Dearer, and on weaker evidence: they come after the others and expect less."""
RULES: tuple[Rule, ...] = (
    Start(),
    HeedVeto(),
    AskedFor(),
    AskedStart(),
    Optimised(),
    Repair(),
    KeepMore(),
    *DATA_RULES,
    *TRAINING_RULES,
    OtherSide((*DATA_RULES, *TRAINING_RULES)),
    FreshAngle(),
    *METHOD_RULES,
)
