"""Leakage: training rows that hold an evaluation item, plain, rewritten or inside a longer row.

What identifies an item is not its wording - tasks are full of story frames and question patterns
that training rows share rightly - but its *key*: numbers, codes such as SMILES, cell values; where
an item has none, its rare words. A row leaks an item when it holds the item's key and either its
wording or so much of the key that chance is out of the question. Runs in the evaluator; `find`
tells about rows only, never about items. Knows nothing of files, models or splits.

Four findings: "exact" (the item's words stand in the row one after the other, after
normalisation), "ngram" (a long piece of it does), "near" (key and wording agree in another order),
and "numbers": the key alone, in rows that as a group hold the keys of too many items for chance -
so translated and reworded items show, though no single row of them would convict.
A weighted inverted index finds candidates exactly, so that no MinHash estimate is needed for sets
of this size (and containment, unlike a Jaccard estimate, also finds items inside longer rows).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, Literal, Self

from ftassist.dojo.normalise import Token, is_key, regrouped, tokenise

NGRAM = 13
"""Length of the n-grams, in tokens; the usual length in contamination reports."""

SURE_BITS = 40.0
"""Agreement in a key that chance cannot bring: 2,000 rows x 600 items are 20 bits."""

SHORT_KEY = 8
"""Keys with fewer tokens must agree whole and in order; of longer ones a large part is enough."""

KEY_SHARE = 0.8
"""Share of a long key (in bits) that a row must hold."""

FIRM_BITS = 16.0
"""A key from here on seldom agrees by chance within one story frame; below, it is weak."""

WORDING_SHARE = 0.6
"""Share of an item's wording (weighted by rarity) that must stand around a firm key."""

WEAK_WORDING_SHARE = 0.9
"""The same around a weak key: two problems with the same three small numbers are no leak, nor are
two short questions with the same few rare words."""

WEAK_BITS = 12.0
"""A key below this is eked out with the item's rarest words."""

ECHO_SHARE = 0.5
"""Share of a group's rows that hold an item's key, from which on the group repeats items. In the
raw sets of the mini tasks it is 0.16 at most, by chance: small numbers meet small numbers."""

ECHO_ITEMS = 10
"""Different items a group must hold the keys of; fewer rows show nothing."""

_STRANGE = 0.5
"""Rows with fewer than this share of known words are a group of their own: other languages."""

_FRAME_SHARE = 0.5
"""A token in more than this share of all items belongs to the frame and identifies nothing."""

_ROWS_AT_ONCE = 1024
_ROUNDING = 1e-6
"""More than what sums of bits differ by that were added in another order."""

Kind = Literal["exact", "ngram", "near", "numbers"]


@dataclass(frozen=True)
class Leak:
    """A training row that holds an evaluation item.

    Attributes:
        row: The row's number in what was given.
        kind: "exact", "ngram", "near" or "numbers".
        share: How much of the item the row holds, 0 to 1.
        span: Where in the row, in characters: start and end.
    """

    row: int
    kind: Kind
    share: float
    span: tuple[int, int]

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Rebuilds a leak from its JSON object."""
        start, end = document["span"]
        return cls(document["row"], document["kind"], document["share"], (start, end))


@dataclass(frozen=True)
class _Item:
    """An evaluation item, ready to be looked for.

    Attributes:
        tokens: Its normalised tokens.
        key: The tokens that identify it, in order.
        key_bits: Weight of the key.
        wording: Weight of each of the other tokens.
        wording_bits: Their sum.
        core: Its tokens without those that frame most items.
    """

    tokens: tuple[str, ...]
    key: tuple[str, ...]
    key_bits: float
    wording: dict[str, float]
    wording_bits: float
    core: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it is a short text with no number or code: only its words can tell it."""
        return len(self.key) < SHORT_KEY and not any(map(is_key, self.key))

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each token of the key is in it."""
        return Counter(self.key)

    @cached_property
    def grams(self) -> frozenset[tuple[str, ...]]:
        """Its runs of NGRAM tokens."""
        return frozenset(_ngrams(self.tokens))


@dataclass(frozen=True)
class _Row:
    """A training row: its number, its text, and the text's tokens."""

    number: int
    text: str
    tokens: Sequence[Token]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The tokens' texts."""
        return tuple(token.text for token in self.tokens)

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each text is in it."""
        return Counter(self.texts)

    @cached_property
    def grams(self) -> list[tuple[str, ...]]:
        """Its runs of NGRAM tokens, in order."""
        return _ngrams(self.texts)

    @cached_property
    def keys(self) -> frozenset[int]:
        """The places of its numbers and codes."""
        return frozenset(place for place, text in enumerate(self.texts) if is_key(text))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each text is in it."""
        found: dict[str, list[int]] = {}
        for place, text in enumerate(self.texts):
            found.setdefault(text, []).append(place)
        return found

    def shared(self, item: _Item) -> dict[str, int]:
        """How much of an item's key it has, wherever it stands."""
        held = self.counted
        return {text: min(n, held[text]) for text, n in item.counted.items() if text in held}

    @cached_property
    def lines(self) -> list[tuple[str, ...]]:
        """The tokens' texts line by line."""
        return [tuple(token.text for token in tokenise(line)) for line in self.text.splitlines()]

    def span(self, places: Sequence[int]) -> tuple[int, int]:
        """From the first to the last of some tokens, in characters."""
        return self.tokens[places[0]].start, self.tokens[places[-1]].end


@dataclass(frozen=True)
class _Echo:
    """A row as one of a group: the items whose key it has, and whether its words are strange."""

    items: frozenset[int]
    strange: bool
    span: tuple[int, int]


@dataclass(frozen=True)
class RowReading:
    """What a row tells on its own: an item it holds, and what it adds to those beside it."""

    leak: Leak | None
    echo: _Echo


class LeakIndex:
    """Evaluation items, indexed once and looked for in many rows."""

    def __init__(
        self, items: Sequence[_Item], bits: Mapping[str, float], frames: Collection[str]
    ) -> None:
        self._items = items
        self._bits = bits
        self._frames = frames
        self._keys = {text: n for n, text in enumerate(sorted({t for i in items for t in i.key}))}
        self._needed = [math.ceil(KEY_SHARE * len(set(item.key))) for item in items]
        self._by_key = _incidence([{self._keys[t] for t in i.key} for i in items], len(self._keys))
        self._by_ngram: dict[tuple[str, ...], list[int]] = {}
        for number, item in enumerate(items):
            for ngram in {g for g in _ngrams(item.tokens) if not item.wording.keys() >= {*g}}:
                self._by_ngram.setdefault(ngram, []).append(number)

    @classmethod
    def build(cls, items: Iterable[Mapping[str, Any]]) -> Self:
        """Indexes items by their prompts: rows `{"prompt": ..., ...}` of an evaluation set."""
        tokenised = [tokenise(str(item["prompt"])) for item in items]
        count = len(tokenised)
        frequency = Counter(text for tokens in tokenised for text in {t.text for t in tokens})
        bits = {text: math.log2(count / df) + 0.1 for text, df in frequency.items()}
        frames = {text for text, df in frequency.items() if df > max(1, _FRAME_SHARE * count)}
        return cls([_item(tokens, bits, frames) for tokens in tokenised if tokens], bits, frames)

    def find(self, rows: Sequence[str]) -> list[Leak]:
        """The rows that hold an item; of several findings in a row the strongest."""
        return leaks_of(self.read(rows))

    def read(self, rows: Sequence[str]) -> list[RowReading]:
        """What each row tells on its own, whatever stands beside it."""
        leaks: dict[int, Leak] = {}
        echoes: list[_Echo] = []
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = enumerate(rows[start : start + _ROWS_AT_ONCE], start)
            read = [_Row(number, text, tokenise(text)) for number, text in part]
            for row, candidates in zip(read, self._candidates(read), strict=True):
                if found := self._strongest(candidates, row):
                    leaks[row.number] = found
                echoes.append(self._echo(candidates, row))
        other = {n: again for n, row in enumerate(rows) if (again := regrouped(row)) != row}
        read = [_Row(number, text, tokenise(text)) for number, text in other.items()]
        for row, candidates in zip(read, self._candidates(read), strict=True):
            if row.number not in leaks and (found := self._strongest(candidates, row)):
                leaks[row.number] = found
        return [RowReading(leaks.get(number), echo) for number, echo in enumerate(echoes)]

    def _echo(self, candidates: Collection[int], row: _Row) -> _Echo:
        """The items whose numbers a row has in their order, with nothing between them."""
        held = {
            number: places
            for number in candidates
            if 2 <= len(self._items[number].key) < SHORT_KEY and not self._items[number].is_plain
            if (places := next(_key_places(self._items[number], row), None))
        }
        words = [text for text in row.texts if not is_key(text)]
        known = sum(text in self._bits for text in words) / max(1, len(words))
        place = row.span(next(iter(held.values()))) if held else (0, 0)
        return _Echo(frozenset(held), known < _STRANGE, place)

    def _candidates(self, rows: Sequence[_Row]) -> list[set[int]]:
        """For each row, items whose key it holds for the most part, or that share an n-gram."""
        keys = [{self._keys[t] for t in row.texts if t in self._keys} for row in rows]
        held = (_incidence(keys, len(self._keys)) @ self._by_key.T).toarray()
        found: list[set[int]] = [set() for _ in rows]
        for row, item in zip(*(held >= self._needed).nonzero(), strict=True):
            found[row].add(int(item))
        for numbers, row in zip(found, rows, strict=True):
            for ngram in row.grams:
                if ngram in self._by_ngram:
                    numbers.update(self._by_ngram[ngram])
        return found

    def _strongest(self, candidates: Iterable[int], row: _Row) -> Leak | None:
        """The strongest finding among some items, if any."""
        found = [
            leak
            for number in sorted(candidates)
            if (leak := self._match(self._items[number], row))
        ]
        return max(found, key=lambda leak: (leak.kind == "exact", leak.share), default=None)

    def _match(self, item: _Item, row: _Row) -> Leak | None:
        """The finding for one item in one row, if any."""
        if (start := _run(item.tokens, row.texts)) is not None:
            places = (start, start + len(item.tokens) - 1)
            return Leak(row.number, "exact", 1.0, row.span(places))
        if item.is_plain and item.key_bits + item.wording_bits < SURE_BITS:
            return self._reworded(item, row)
        return self._piece(item, row) or _rewritten(item, row)

    def _reworded(self, item: _Item, row: _Row) -> Leak | None:
        """A line of the row that is a short plain item but for a word or two.

        What merely holds such an item's few words is another person's wish of the same kind.
        """
        for line in row.lines:
            core = tuple(text for text in line if text not in self._frames)
            share = SequenceMatcher(None, item.core, core, autojunk=False).ratio()
            if core and share >= WEAK_WORDING_SHARE:
                places = [n for n, text in enumerate(row.texts) if text in {*item.core}]
                return Leak(row.number, "near", round(share, 3), row.span(places))
        return None

    def _piece(self, item: _Item, row: _Row) -> Leak | None:
        """A long piece of the item, sure enough by its key to be no shared frame."""
        most = sum(self._bits[text] * count for text, count in row.shared(item).items())
        if _is_unsure(item, most + _ROUNDING):  # nor would all of the key be that the row has
            return None
        starts = [i for i, gram in enumerate(row.grams) if gram in item.grams]
        covered = sorted({i + k for i in starts for k in range(NGRAM)})
        shared = Counter(row.texts[i] for i in covered) & item.counted
        bits = sum(self._bits[text] * count for text, count in shared.items())
        if _is_unsure(item, bits):
            return None
        share = min(1.0, len(covered) / len(item.tokens))
        return Leak(row.number, "ngram", round(share, 3), row.span(covered))


def leaks_of(readings: Sequence[RowReading]) -> list[Leak]:
    """The leaks among rows that were read: those of a row alone, then those of the group."""
    leaks = {n: replace(one.leak, row=n) for n, one in enumerate(readings) if one.leak}
    for leak in _echoes([reading.echo for reading in readings]):
        leaks.setdefault(leak.row, leak)
    return [leaks[row] for row in sorted(leaks)]


def _is_unsure(item: _Item, bits: float) -> bool:
    """Whether so much of an item's key may be in a row by chance."""
    return bits < SURE_BITS and (bits < FIRM_BITS or bits < item.key_bits - 0.01)


def _echoes(rows: Sequence[_Echo]) -> Iterator[Leak]:
    """The rows of a group that repeats the items' numbers more often than chance does."""
    for strange in (False, True):
        group = [(number, row) for number, row in enumerate(rows) if row.strange is strange]
        holding = [(number, row) for number, row in group if row.items]
        items = {item for _, row in holding for item in row.items}
        if len(items) >= ECHO_ITEMS and len(holding) >= ECHO_SHARE * len(group):
            for number, row in holding:
                yield Leak(number, "numbers", 1.0, row.span)


def row_text(value: object) -> str:
    """All texts of a row, whatever its fields are called, one line each."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(filter(None, (row_text(part) for part in value.values())))
    if isinstance(value, Sequence):
        return "\n".join(filter(None, (row_text(part) for part in value)))
    return "" if value is None else str(value)


def _item(tokens: Sequence[Token], bits: Mapping[str, float], frames: set[str]) -> _Item:
    """Splits an item into its key and its wording."""
    texts = tuple(token.text for token in tokens)
    chosen = {text for text in texts if is_key(text) and text not in frames}
    strength = sum(bits[text] for text in texts if text in chosen)
    if len(chosen) < 2:
        chosen |= _rare_words({*texts} - chosen - frames, bits, WEAK_BITS - strength)
    key = tuple(text for text in texts if text in chosen) or texts
    wording = {text: bits[text] for text in texts if text not in chosen}
    core = tuple(text for text in texts if text not in frames)
    return _Item(texts, key, sum(bits[text] for text in key), wording, sum(wording.values()), core)


def _rare_words(words: Collection[str], bits: Mapping[str, float], lacking: float) -> set[str]:
    """Rare words for an item with next to no key: all of a long text's, else a few.

    A word is rare that is in no more items than the square root of their number, so that its bits
    are at least half of what a word in a single item has.
    """
    half = max(bits.values()) / 2
    rare = {word for word in words if bits[word] >= half}
    if len(rare) >= SHORT_KEY:
        return rare
    chosen: set[str] = set()
    for word in sorted(words, key=lambda word: (-bits[word], word)):
        if lacking <= 0:
            break
        chosen.add(word)
        lacking -= bits[word]
    return chosen


def _rewritten(item: _Item, row: _Row) -> Leak | None:
    """The item's key, with its wording around it or with bits enough to do without."""
    for places in _key_places(item, row):
        low, high = max(0, places[0] - len(item.tokens)), places[-1] + 1 + len(item.tokens)
        share = _wording_share(item, row.texts[low:high])
        is_firm = item.key_bits >= FIRM_BITS and not item.is_plain
        needed = WORDING_SHARE if is_firm else WEAK_WORDING_SHARE
        if share >= needed or item.key_bits >= SURE_BITS:
            return Leak(row.number, "near", round(share, 3), row.span(places))
    return None


def _wording_share(item: _Item, texts: Sequence[str]) -> float:
    """How much of an item's wording stands in the row in the item's order, key tokens fixed."""
    if not item.wording_bits:
        return 1.0
    anchored = item.key if len(item.key) < SHORT_KEY else ()
    matcher = SequenceMatcher(None, item.tokens, texts, autojunk=False)
    blocks = matcher.get_matching_blocks()
    matched = [text for block in blocks for text in item.tokens[block.a : block.a + block.size]]
    if Counter(anchored) - Counter(matched):
        return 0.0
    return sum(item.wording.get(text, 0.0) for text in {*matched}) / item.wording_bits


def _key_places(item: _Item, row: _Row) -> Iterator[list[int]]:
    """Where in the row the item's key is: whole and in order if short, else most of it."""
    shared, length = row.shared(item), len(item.key)
    if length >= SHORT_KEY:
        if sum(shared.values()) >= KEY_SHARE * length:
            yield sorted(place for text in shared for place in row.places[text])
    elif sum(shared.values()) == length:
        own = (place for text in shared for place in row.places[text])
        places = sorted(row.keys.union(own))
        sequence = [row.texts[place] for place in places]
        for start in range(len(sequence) - length + 1):
            if tuple(sequence[start : start + length]) == item.key:
                yield places[start : start + length]


def _run(wanted: tuple[str, ...], texts: tuple[str, ...]) -> int | None:
    """Where `wanted` stands in `texts` without a gap, or None."""
    for start in range(len(texts) - len(wanted) + 1):
        if texts[start] == wanted[0] and texts[start : start + len(wanted)] == wanted:
            return start
    return None


def _incidence(rows: Sequence[Collection[int]], columns: int) -> Any:
    """A sparse 0/1 matrix, one row for each set of column numbers."""
    import numpy as np
    from scipy.sparse import csr_array

    indices = np.fromiter((n for row in rows for n in row), dtype=np.int32)
    ends = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int32)
    ones = np.ones(len(indices), dtype=np.int32)
    return csr_array((ones, indices, ends), shape=(len(rows), columns))


def _ngrams(texts: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All runs of NGRAM tokens."""
    return [texts[i : i + NGRAM] for i in range(len(texts) - NGRAM + 1)]
