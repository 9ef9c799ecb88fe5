"""Builds the mini tasks of the catalog from a seed.

Not part of the wheel: a trial that could run this could regenerate evaluation answers.
`python -m taskgen.build` writes, `taskgen.baselines` measures, `taskgen.levers` compares.
"""
