"""Which scorer belongs to which task; a scorer's module is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from ftassist.dojo.scorers.scorer import Scorer
from ftassist.errors import UnknownNameError

_FT_DOJO: Mapping[str, str] = {
    "aime25": "aime:Aime",
    "panorama_par4pc": "panorama_retrieval:PriorArtRetrieval",
    "panorama_pi4pc": "panorama_paragraph:ParagraphIdentification",
    "panorama_noc4pc": "panorama_rejection:Rejection",
    "chemcotbench_mol_und": "chemcot_understanding:MoleculeUnderstanding",
    "chemcotbench_mol_edit": "chemcot_edit:MoleculeEditing",
    "chemcotbench_mol_opt": "chemcot_optimisation:MoleculeOptimisation",
    "chemcotbench_reaction": "chemcot_reaction:Reaction",
    "financeiq": "financeiq:FinanceIq",
    "tablebench_fact_checking": "tablebench_match:TableMatch",
    "tablebench_numerical_reasoning": "tablebench_match:TableMatch",
    "tablebench_data_analysis": "tablebench_analysis:TableAnalysis",
    "tablebench_visualization": "tablebench_visualization:TableVisualization",
}

_FT_DOJO_RELEASE: Mapping[str, str] = {
    "aime24": "aime:Aime24",
    "bioprobench_err": "bioprobench_err:StepErrors",
    "bioprobench_gen": "bioprobench_gen:ProtocolSteps",
    "bioprobench_ord": "bioprobench_ord:StepOrder",
    "bioprobench_pqa": "bioprobench_pqa:ProtocolQuestions",
}
"""Tasks that FT-Dojo's code has and its paper has not."""

_FT_BENCH: Mapping[str, str] = {
    "aci_bench": "aci_bench:AciBench",
    "tomg_bench": "tomg_bench:TomgBench",
    "omebench": "omebench:OmeBench",
    "hoc": "hoc:HallmarksOfCancer",
    "sst2": "sst2:Sst2",
    "cs_bench": "choices:CsBench",
    "openfindata": "choices:OpenFinData",
    "econlogicqa": "choices:EconLogicQa",
    "gta": "gta:Gta",
    "lawbench": "lawbench:LawBench",
}

_IN_THE_PACKAGE: Mapping[str, str] = {
    "banking77": "intents:Banking77",
    "clinc150": "intents:Clinc150",
    "gsm8k": "gsm8k:Gsm8k",
}

_SCORERS: Mapping[str, str] = {
    **_FT_DOJO, **_FT_DOJO_RELEASE, **_FT_BENCH, **_IN_THE_PACKAGE,
}  # fmt: skip

_OWN: Mapping[str, str] = {
    "own_labels": "own_labels:OwnLabels",
}


def scorer_keys() -> list[str]:
    """The published tasks that have a scorer."""
    return list(_SCORERS)


@cache
def scorer_for(key: str) -> Scorer:
    """The scorer of a task.

    Raises:
        UnknownNameError: No task of that name has one; names the nearest.
    """
    known = {**_SCORERS, **_OWN}
    if key not in known:
        raise UnknownNameError.of("task with a scorer", key, _SCORERS)
    module, _, name = known[key].partition(":")
    found = getattr(import_module(f"ftassist.dojo.scorers.{module}"), name)
    scorer: Scorer = found()
    return scorer
