"""What a call costs: a dated table of prices, and a person's own before it.

Data only (`prices.yaml`); a model without a price has none, and whoever wants to spend money on
it must say what it costs first: in a table, or in a word.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ftassist.errors import DataError, UnknownNameError

OWN_PRICES = "FTASSIST_PRICES"
"""The environment variable that names a file of one's own prices."""
_SHIPPED = Path(__file__).with_name("prices.yaml")
_KINDS = ("input", "written", "cached", "output")


@dataclass(frozen=True)
class Tokens:
    """Tokens of a call.

    Attributes:
        input: Sent and neither read from the cache nor written to it.
        cached: Read from the cache.
        written: Written to the cache.
        output: Generated, thinking included.
    """

    input: int = 0
    cached: int = 0
    written: int = 0
    output: int = 0

    @property
    def prompt(self) -> int:
        """All tokens that were sent."""
        return self.input + self.cached + self.written

    def to_dict(self) -> dict[str, int]:
        """The tokens as JSON."""
        return {kind: getattr(self, kind) for kind in ("input", "cached", "written", "output")}


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens of a model, and above a length of prompt."""

    input: float
    written: float
    cached: float
    output: float
    above_tokens: int | None = None
    above: Price | None = None

    @classmethod
    def read(cls, text: str) -> Price:
        """The price that a person says in one word: "0", or dollars in and out as "0.5/1.5".

        Raises:
            DataError: It is none.
        """
        into, both, out = text.partition("/")
        try:
            return _price(dict.fromkeys(_KINDS, into) | {"output": out if both else into})
        except ValueError as error:
            raise DataError(
                f"{text!r} is no price",
                where="agent.price",
                fix="give US dollars a million tokens: 0 for a server of your own, or in and out "
                "such as 0.5/1.5",
            ) from error

    def of(self, tokens: Tokens) -> float:
        """What a call costs, in US dollars."""
        if self.above and self.above_tokens is not None and tokens.prompt > self.above_tokens:
            return self.above.of(tokens)
        costs = [getattr(self, kind) * getattr(tokens, kind) for kind in _KINDS]
        return float(sum(costs)) / 1e6

    def at_most(self, prompt: int, output: int) -> float:
        """The most a call can cost: the whole prompt written to the cache, all output used."""
        dearest = Tokens(written=prompt) if self.written > self.input else Tokens(input=prompt)
        return self.of(Tokens(dearest.input, 0, dearest.written, output))


@dataclass(frozen=True)
class PriceTable:
    """Prices by model; `as_of` is the day they were read."""

    models: Mapping[str, Price]
    as_of: str
    source: str

    def price(self, model: str, said: str = "") -> Price:
        """The price of a model; a dated name ("-20251001") has that of its family.

        Args:
            said: What a person says of models that are not in the table, as `Price.read` reads it.

        Raises:
            UnknownNameError: There is none, so that no cap could be kept.
        """
        for name in sorted(self.models, key=len, reverse=True):
            if model == name or (model.startswith(f"{name}-2") and model[-8:].isdigit()):
                return self.models[name]
        if said:
            return Price.read(said)
        error = UnknownNameError.of("price for the model", model, self.models)
        raise UnknownNameError(
            error.what,
            where=f"the price table of {self.as_of}",
            fix="say it with `--agent-price`: 0 for a server of your own, or dollars a million "
            f"tokens in and out (0.5/1.5); or in a table of your own, named in {OWN_PRICES}: "
            "without a price no spending cap holds",
        )


def price_table() -> PriceTable:
    """The table that ships, with the prices of a person's own file before it.

    Raises:
        DataError: That file is not a price table.
    """
    own = os.environ.get(OWN_PRICES, "")
    return _table(own)


@lru_cache(maxsize=4)
def _table(own: str) -> PriceTable:
    shipped = read_prices(_SHIPPED)
    if not own:
        return shipped
    added = read_prices(Path(own))
    return PriceTable(
        {**shipped.models, **added.models},
        f"{shipped.as_of}, own prices of {added.as_of}",
        f"{shipped.source}; {own}",
    )


def read_prices(path: Path) -> PriceTable:
    """Reads a price table.

    Raises:
        DataError: The file is missing, or not a price table.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        models = {str(name): _price(value) for name, value in raw["models"].items()}
        return PriceTable(models, str(raw["as_of"]), str(raw.get("source", path.name)))
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"not a price table: {error}",
            where=str(path),
            fix="give as_of and models: {name: {input, written, cached, output}}",
        ) from error


def _price(raw: Mapping[str, Any]) -> Price:
    numbers = {kind: float(raw[kind]) for kind in _KINDS}
    if any(not 0 <= number < 1e6 for number in numbers.values()):
        raise ValueError(f"a price of {numbers} dollars")
    price = Price(numbers["input"], numbers["written"], numbers["cached"], numbers["output"])
    above = raw.get("above")
    if above is None:
        return price
    return replace(price, above_tokens=int(above["tokens"]), above=_price(above))
