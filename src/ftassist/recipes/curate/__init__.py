"""The operators of a curate cell: `Rows` in, `Rows` out, each step told on the data card."""

from ftassist.recipes.curate.difficulty import score, select
from ftassist.recipes.curate.duplicates import deduplicate
from ftassist.recipes.curate.exporting import check_row_cap, export
from ftassist.recipes.curate.filters import filter_labels, filter_length, filter_response
from ftassist.recipes.curate.functions import filter, generate, join, map, verify
from ftassist.recipes.curate.influence import influential
from ftassist.recipes.curate.leakage import decontaminate
from ftassist.recipes.curate.loading import load, to_chat
from ftassist.recipes.curate.meaning import cluster, deduplicate_meaning, nearest
from ftassist.recipes.curate.rehearsal import rehearse
from ftassist.recipes.curate.sampling import sample_answers, teach
from ftassist.recipes.curate.selection import balance, mix, order, repeat, sample
from ftassist.recipes.curate.synthesis import synthesise
from ftassist.recipes.curate.turns import fold_system

__all__ = [
    "balance",
    "check_row_cap",
    "cluster",
    "decontaminate",
    "deduplicate",
    "deduplicate_meaning",
    "export",
    "filter",
    "filter_labels",
    "filter_length",
    "filter_response",
    "fold_system",
    "generate",
    "influential",
    "join",
    "load",
    "map",
    "mix",
    "nearest",
    "order",
    "rehearse",
    "repeat",
    "sample",
    "sample_answers",
    "score",
    "select",
    "synthesise",
    "teach",
    "to_chat",
    "verify",
]
