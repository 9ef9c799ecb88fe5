"""A reason in English, taken apart: clauses, and in each the cues that say yes, no, more or less.

Only reads words; what is spoken of (knobs and sets) is found by whoever gives the patterns. What
it cannot tell it says so: a clause about conditions, a question, another language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FOREIGN = re.compile(
    r"\b(?:kein\w*|nicht|statt|lieber|sondern|bitte|weniger|zeilen|lernrate|ohne|daten|aber|und|"
    r"oder|mehr|wieder|doch|pas|plut[oô]t|donn[eé]es|moins|lignes|taux|pourquoi|avec|sans|les|"
    r"senza|invece|più|dati|righe|meno|sin|más|menos|datos|filas|tasa|mejor|geen|niet|liever|meer|"
    r"rijen|maar|não|sem|dados|linhas|taxa)\b",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CONDITION = re.compile(
    r"\b(?:if|unless|whether|depend\w*|in case|otherwise|only when|until|not only|as long as|"
    r"provided|assuming|not sure|unsure|not certain|i wonder|on the other hand)\b"
)
_ASKS_FOR = re.compile(
    r"^\W*(?:how about|what about|why not|could (?:we|you)|can (?:we|you)|shall we|should we not|"
    r"would you|let'?s|please|maybe|perhaps|try|use)\b"
)
_NO_THING = (
    r"(?:help|work|now|enough|sure|good|yet|it|that|this|needed|necessary|again|better|true|worth|"
    r"like|convinced|use|try|want|need|change|touch|add|worse|bad|fine|matter|pay|mind|only|"
    r"problem|issue|culprit|point|cause|reason|bottleneck)\b"
)
_SOFT = re.compile(
    r"(,(?!\d{3})|;|:(?! ?\d)|\band\b(?! not)|\bor\b|\bnor\b|\bbut\b|\band not\b|\bthen\b|"
    r"\binstead of\b|\brather than\b|\bin place of\b|"
    r"\bthan\b(?= (?:the|to|on|adding|changing|more|fewer) )|"
    rf"\bnot\b(?! (?:the |on )?{_NO_THING})(?= (?:the |on )?[\w-]+(?: [\w-]+)? ?(?:$|[,.;]))|"
    r"—|–|\s-\s|\))"
)
_INTERJECTION = re.compile(
    r"^\W*(?:no|nope|nah|well|hm+|ok(?:ay)?|yes|sorry|thanks|no thanks)\W*$"
)

_SAME = (
    (
        re.compile(r"\btrain(?:ing|ed)?(?: for| it)? (?:much |a bit |even )?longer\b"),
        "more epochs",
    ),
    (re.compile(r"\blonger train(?:ing)?(?: runs?)?\b"), "more epochs"),
    (
        re.compile(r"\btrain(?:ing)?(?: for| it)? (?:much |a bit )?(?:less|shorter)\b"),
        "fewer epochs",
    ),
    (re.compile(r"\bshorter training(?: runs?)?\b|\bstop(?:ping)? earlier\b"), "fewer epochs"),
    (re.compile(r"\b(bigger|larger|smaller) adapters?\b"), r"\1 rank"),
    (re.compile(r"\b(fewer|more|less|lower|higher), (?:better|cleaner|good)\b"), r"\1"),
    (re.compile(r"\bnever mind\b"), "leave"),
    (re.compile(r"^\W*why (?:not|don'?t (?:we|you|i))\b"), "let's"),
    (re.compile(r"^\W*(?:should|could|ca|wo)n'?t (?:we|you)\b"), "let's"),
    (re.compile(r"\b(?:swap|replace|exchange) (.+?) (?:for|with|by) "), r"not \1, use "),
    (re.compile(r"\bswitch(?:ing)? from (.+?) to "), r"not \1, use "),
    (re.compile(r"\b(q?lora|full|dpo|kto|grpo|sft) ?(?:->|→|=>) ?(?=\w)"), r"not \1, use "),
)
"""Other ways to speak of a knob that has a number."""

NO = (
    r"(?:no|not|never|without|avoid(?:ing)?|against|do ?n[o']?t|do not|does ?n[o']?t|isn'?t|"
    r"aren'?t|"
    r"wo ?n'?t|wouldn'?t|should ?n'?t|should not|must ?n'?t|can ?not|can'?t|cannot|stop|quit|hate|"
    r"dislike|refuse|forget|neither|nor|ban|forbid|tired of|sick of|fed up with|away from|skip|"
    r"other than|anything but|rule out|hold off(?: on)?|none of|leave (?:out|off)|didn'?t|"
    r"did not|instead of|rather than|in place of|and not|veto|we(?: have|'ve)? (?:already )?tried|"
    r"already tried)"
)
_CUES: tuple[tuple[str, str], ...] = (
    ("lack", r"too (?:few|little|low|small|short)|not enough|insufficient|not \w+ enough"),
    (
        "excess",
        r"too (?:many|much|high|large|big|long|strong|often|fast)|(?:so|way too) (?:many|much)|"
        r"overkill|enough",
    ),
    (
        "double",
        r"(?:do ?n[o']?t|not|never) (?:\w+ )?(?:mind|against|avoid|stop|skip|hate|object)|"
        r"nothing against|no (?:problem|objection|issue|harm)|no need to (?:stop|avoid)|"
        r"not opposed",
    ),
    (
        "keep",
        r"keep(?:ing)?|stay(?:ing)? (?:with|at|on)|stick(?:ing)? (?:to|with)|leave(?!s? out)|"
        r"hold(?! off)|freeze|retain|hands off|unchanged|as (?:it |they )?(?:is|are|was|were)|"
        r"alone|"
        r"(?:is|are|looks?) (?:fine|ok(?:ay)?|good|right|great)|maintain|"
        r"(?<!of the )(?<!of )same(?! number)|"
        r"constant",
    ),
    (
        "remove",
        r"drop(?:ping)?|remov(?:e|ing)(?! (?:of )?(?:the )?dup)|exclud(?:e|ing)|take out|"
        r"throw (?:out|away)|"
        r"get rid of|ditch|cut(?:ting)?(?: out)?|leave out|without|switch off|turn off|disable",
    ),
    ("no", NO),
    ("only", r"only|nothing but|just"),
    (
        "up",
        r"doubled|raised|increased|more|higher|larger|bigger|greater|longer|rais(?:e|ing)|increas(?:e|ing)|doubl(?:e|ing)|"
        r"grow(?:ing)?|additional|extra|bump|add(?:ing)?|further|up|twice",
    ),
    (
        "down",
        r"halved|lowered|reduced|decreased|fewer|less|lower(?:ing)?|smaller|shorter|reduc(?:e|ing)|decreas(?:e|ing)|"
        r"halv(?:e|ing)|half|shrink(?:ing)?|down|gentler",
    ),
    (
        "change",
        r"chang(?:e|ing)|vary(?:ing)?|modif(?:y|ying)|touch(?:ing)?|tun(?:e|ing)|"
        r"adjust(?:ing)?|alter(?:ing)?|tweak(?:ing)?|play(?:ing)? with|experiment with|"
        r"work(?:ing)? on|look(?:ing)? at|another|different|other|mess(?:ing)? with",
    ),
    (
        "yes",
        r"us(?:e|ing)|try(?:ing)?|test|go(?:ing)? (?:for|with|to|back to)|switch(?:ing)? to|"
        r"prefer|"
        r"want|wish|need|let'?s|give|should|please|take|focus on|how about|what about|rather|"
        r"instead|"
        r"(?:i'?d|would) like|return to|consider|run|start with|better|set|do|first|again with",
    ),
)
_CUE = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _CUES))
BAD = re.compile(
    r"\b(?:useless|pointless|copied|leak\w*|garbage|junk|bad|poor|broken|unreliable|suspicious|"
    r"wrong|hurts?|overfits?|overfitting|overfitted|fail(?:s|ed)?|wast\w+|worse|nothing|noisy|"
    r"dirty|again|n'?o?t? ?trust|distrust|mistrust|(?:n't|not|never|no) (?:\w+ )?help(?:s|ed)?|"
    r"(?:n't|not|never) (?:\w+ )?work(?:s|ed)?|biased|low[- ]quality|contaminated|expensive|slow|"
    r"does nothing|buys nothing|off[- ]topic|no use|untested|unproven)\b"
)
PROBLEM = re.compile(r"\bis (?:the|a) (?:real |main )?(?:problem|issue|culprit|bottleneck)\b")
GOOD = re.compile(
    r"(?<!not )(?<!n't )(?<!never )\b(?:help(?:s|ed)?|would be better|is better|works? better|"
    r"promising|missing|the way|worth (?:a try|trying)|makes? more sense|is needed|next|instead|"
    r"looks (?:better|more promising))\b"
)


@dataclass(frozen=True)
class Clause:
    """A piece of a reason.

    Attributes:
        text: Its words, lower case.
        joint: What joins it to the piece before: "", ",", "and", "or", "but", "instead of", ...
    """

    text: str
    joint: str


def plain_text(reason: str) -> str:
    """A reason with straight quotes, in lower case, on one line."""
    text = reason.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")
    text = re.sub(r"[\u201c\u201d\u00ab\u00bb\"]", " ", text)
    text = " ".join(text.lower().split())
    for pattern, words in _SAME:
        text = pattern.sub(words, text)
    return text


def readable(text: str) -> bool:
    """Whether it is English without conditions, as far as can be told by its words."""
    letters = [c for c in text if c.isalpha()]
    latin = sum(bool(_LATIN.match(c)) for c in letters)
    if letters and latin < 0.9 * len(letters):
        return False
    return not _FOREIGN.search(text) and not _CONDITION.search(text)


def sentences(text: str) -> list[str]:
    """The sentences; a question that asks for nothing is left out."""
    found = re.split(r"(?<=[.!?;])\s+|\n+", text)
    kept = []
    for sentence in found:
        if sentence.rstrip().endswith("?") and not _ASKS_FOR.match(sentence):
            continue
        kept.append(sentence.strip())
    return [sentence for sentence in kept if sentence]


def clauses(sentence: str) -> list[Clause]:
    """The pieces of a sentence, each with what joins it to the one before."""
    parts = _SOFT.split(sentence)
    found = [Clause(parts[0].strip(), "")]
    for joint, text in zip(parts[1::2], parts[2::2], strict=True):
        found.append(Clause(text.strip(), joint.strip() or ","))
    kept: list[Clause] = []
    for clause in found:
        if not clause.text.strip(" .!?"):
            if kept or clause.joint:
                kept.append(clause)
            continue
        if _INTERJECTION.match(clause.text):
            continue
        kept.append(clause)
    return _joined(kept)


def _joined(found: list[Clause]) -> list[Clause]:
    """Pieces without words hand what they are joined by on to the next one."""
    kept: list[Clause] = []
    pending = ""
    for clause in found:
        if not clause.text.strip(" .!?"):
            pending = pending or clause.joint
            continue
        strong = {"than", "instead of", "rather than", "in place of", "and not", "not", "but"}
        joint = clause.joint if clause.joint in strong or not pending else pending
        kept.append(Clause(clause.text, joint))
        pending = ""
    return kept


def cues(text: str) -> list[str]:
    """The cues in a piece of text, in order."""
    return [str(found.lastgroup) for found in _CUE.finditer(text)]
