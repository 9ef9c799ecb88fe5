"""What readers of published data sets share; a task's own lies in its folder of the catalog.

A reader goes from files to evaluation records and training sets. It is a module that offers

    evaluation(files, card) -> Iterable[Record]             the benchmark's records, as they are
    training(located, card, divided) -> Iterable[RawSet]    raw training sets; may be missing

where `files` are the paths of each part of a source, as the card lays them out. Readers decide
nothing about splits and know nothing of scores.
"""
