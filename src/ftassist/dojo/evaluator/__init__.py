"""The evaluator: a process of its own that loads, scores and tells, and the two ends it talks to.

`client` is what cells call, `process` what the host starts, `server` what runs in between.
"""
