"""Made-up and recorded worlds in which the truth is known, to play search policies in.

`ftassist simulate` compares policies (`bench`, `summary`, `page`); `claims` measures how often a
claim is wrong or missed. No model is trained here, and nothing of a real campaign is read.
"""
