"""Artefacts: a trial's model in the form it leaves in, made, loaded as others load it, and scored.

The scoring is the evaluator's own, on the same items; what is different is how the model got here
and how it is asked: through the artefact's own files, by the runtime that it is for. Runs in a
process of its own (`__main__`); knows nothing of campaigns and journals.
"""
