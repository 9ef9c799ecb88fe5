"""What the cells of a trial call: curation operators, supervised fine-tuning and its audits.

Importing this package is cheap; torch, transformers, trl and datasets load when they are called.
"""
