"""Exports: a trial's model in a form others load, scored again before it may leave.

`exporting` is the story from top to bottom; `card` writes the model card, `results` the Hub's
evaluation results, `upload` uploads what was exported.
"""
