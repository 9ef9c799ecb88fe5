"""Asking models by hand: a process of its own on the evaluator's side of the wall.

Nothing asked here is scored, written to the journal or told to the agent.
"""
