"""A prediction as a person types it: "-0.02 to 0.08", "+2% .. +8%", "0.01 0.05"."""

from __future__ import annotations

import re

from ftassist.errors import DataError

_NUMBER = r"([+\-\N{MINUS SIGN}]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(%)?"
_INTERVAL = re.compile(rf"^\s*{_NUMBER}\s*(?:to|\.\.+|…|,|;|\s)\s*{_NUMBER}\s*$", re.IGNORECASE)


def read_prediction(text: str) -> tuple[float, float]:
    """The interval of the expected change of the metric, low and high.

    >>> read_prediction("-2% to +8%")
    (-0.02, 0.08)

    Raises:
        DataError: It is no interval.
    """
    found = _INTERVAL.match(text)
    if found is None:
        raise DataError(
            f"cannot read the prediction {text!r}",
            where="prediction",
            fix="give the change you expect from low to high, such as -0.02 to 0.08",
        )
    low, percent_low, high, percent_high = found.groups()
    whole = bool(percent_low or percent_high)
    ends = [
        float(end.replace("\N{MINUS SIGN}", "-")) / (100.0 if whole else 1.0)
        for end in (low, high)
    ]
    return ends[0], ends[1]
