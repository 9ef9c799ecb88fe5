"""Pure statistics: intervals, paired tests, multiplicity, power, replicates, shrinkage.

Knows nothing of trials or tasks. `ftassist.search.verdict` puts them together into a verdict.
"""
