"""Longest common subsequences of words, by bits: a row of the usual table is one large integer.

Source: Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004. A bit stands for a word
of the first text; after each word of the second, it is 0 where the table rises from the word
before. Hundreds of words cost one addition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def common_length(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence of two texts."""
    from rapidfuzz.distance import LCSseq

    return int(LCSseq.similarity(one, other))


class Sentences:
    """Sentences whose words are looked for in those of other texts, all sentences at once.

    Each sentence has a bit for each of its words and one before them that stays 0 in a row of the
    table, so that no carry reaches the next sentence. Walking back needs the bits the other way
    round, for carries travel upwards only; `places` are in that order.

    Attributes:
        places: The bits of each word, over all sentences.
    """

    def __init__(self, sentences: Sequence[Sequence[str]]) -> None:
        self._words, self._ends, place = 0, 0, 0
        forwards: dict[str, int] = {}
        for sentence in sentences:
            for word in sentence:
                place += 1
                forwards[word] = forwards.get(word, 0) | (1 << place)
                self._words |= 1 << place
            self._ends |= 1 << place
            place += 1
        self._bytes = place // 8 + 1
        self._forwards = forwards
        self._starts = self._mirrored(self._ends)
        self.places: Mapping[str, int] = {w: self._mirrored(b) for w, b in forwards.items()}

    def united(self, others: Sequence[Sequence[str]]) -> int:
        """The words that are in a longest common subsequence with any of the other sentences.

        Of several longest ones the one counts that `rouge_score` takes: it walks back from both
        ends over equal words, and where they differ shortens the first sentence unless that loses
        a word.

        Returns:
            The bits of these words, in the order of `places`.
        """
        found = 0
        for other in others:
            found |= self._common(other)
        return found

    def _common(self, other: Sequence[str]) -> int:
        """The words of one longest common subsequence of each sentence with another."""
        full = (1 << 8 * self._bytes) - 1
        row, rises = self._words, full ^ self._mirrored(self._words)
        steps: list[tuple[int, int]] = []
        for word in other:
            match = self._forwards.get(word)
            if match is None:
                steps.append((rises, 0))
                continue
            both = row & match
            after = ((row + both) | (row - both)) & self._words
            if after != row:
                row, rises = after, full ^ self._mirrored(after)
            steps.append((rises, self.places[word]))
        pointers, found = self._starts, 0
        for rises, match in reversed(steps):
            halts = rises | match
            # Each pointer moves up to the next halt, as a carry through the bits that are none.
            pointers = ((full ^ halts) + pointers) & halts
            if match:
                hits = pointers & match
                found |= hits
                pointers += hits
        return found

    def _mirrored(self, bits: int) -> int:
        """The bits in reverse order."""
        return int.from_bytes(bits.to_bytes(self._bytes, "little").translate(_MIRROR), "big")
