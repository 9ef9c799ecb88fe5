"""Readers of published data sets: from their files to evaluation records and training sets.

A reader is a module named on a task's card. It offers

    evaluation(files, card) -> Iterable[Record]       the benchmark's records, in their own schema
    training(files, card) -> Iterable[RawSet]         raw training sets; may be missing

where `files` are the paths of each part of a source, as the card lays them out. Readers decide
nothing about splits and know nothing of scores.
"""
