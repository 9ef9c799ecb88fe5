import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.documents.snapshot import take
from ftassist.journal import Kind
from ftassist.journal.state import State
from ftassist.records.final import NO_CLAIM, Claim
from ftassist.records.verdict import TrialVerdict
from ftassist.ui.report import build, render
from ftassist.ui.report.svg import ticks

_VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects elements, addresses and ids; fails on elements that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} has an event handler"
            if name in ("src", "href", "srcset", "action", "data") and value:
                self.addresses.append(value)
            if name == "id" and value:
                self.ids.add(value)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def html(demo: Campaign) -> str:
    return build(demo)


@pytest.fixture
def page(html: str) -> Page:
    return Page(html)


def test_the_page_is_well_formed(page: Page) -> None:
    assert page.open == []
    assert {"title", "h1", "h2", "main", "nav", "caption"} <= set(page.tags)


def test_it_needs_nothing_from_elsewhere(page: Page, html: str) -> None:
    assert page.addresses
    assert all(address.startswith("#") for address in page.addresses)
    assert "@import" not in html and "url(" not in html


def test_every_link_leads_somewhere_on_the_page(page: Page) -> None:
    assert {address[1:] for address in page.addresses} <= page.ids


def test_there_is_no_script_in_it(page: Page, html: str) -> None:
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert "<script" not in html.lower()
    assert "onerror" in page.text  # shown as text


def test_planted_markup_is_shown_as_text(html: str) -> None:
    shown = "&lt;script&gt;alert(&#39;planted&#39;)&lt;/script&gt;"
    assert shown in html or shown.replace("&#39;", "&#x27;") in html
    assert "no synthetic rows &lt;img" in html
    assert "\x1b" not in html


def test_the_summary_names_claim_and_stand_in(page: Page) -> None:
    assert "t0004 is better than the base model by +0.7" in page.text
    assert "over its own seed and 2 fresh ones" in page.text
    assert "teaching and testing stand-in" in page.text


def test_a_tie_is_not_dressed_up(demo: Campaign) -> None:
    snapshot = take(demo)
    claim = Claim("t0004", TrialVerdict("tied", "t0000", 0.01, -0.02, 0.04))
    state = replace(snapshot.state, claim=claim)
    text = Page(render(replace(snapshot, state=state))).text
    assert "t0004 is not distinguishable from the base model: difference +0.01" in text


def test_without_a_claim_none_is_made(demo: Campaign) -> None:
    snapshot = take(demo)
    state = replace(snapshot.state, claim=NO_CLAIM, finalist=None)
    text = Page(render(replace(snapshot, state=state))).text
    assert "no improvement is claimed before it is repeated on other seeds" in text


def test_every_trial_decision_and_opening_is_told(page: Page) -> None:
    for trial in ("t0001", "t0005", "t0006", "t0007", "t0012"):
        assert trial in page.ids
    assert "loss exploded at step 9" in page.text
    assert "412 training rows copy validation items" in page.text
    assert "edit train" in page.text
    assert "The test split was opened for t0004" in page.text
    assert "2.13.0" in page.text


def test_the_sealed_test_is_told_before_the_tree_with_its_opening(html: str) -> None:
    top = Page(html[html.index("<header>") : html.index("</header>") + len("</header>")]).text
    assert "The test split was opened for t0004" in top
    assert "On the sealed test split, t0004 is" in top


def test_checks_are_told_with_a_row_whose_trained_tokens_are_marked(page: Page) -> None:
    assert "38% of 70,775 tokens are trained on" in page.text
    assert "<|assistant|>⟦5<|end|>⟧" in page.text


def test_the_tree_shows_every_trial_with_its_score(html: str) -> None:
    tree = html[html.index('<svg class="tree"') : html.index("</svg>")]
    for trial in range(13):
        assert f"t{trial:04d}" in tree
    assert tree.count("whisker") == 8
    assert "edge best" in tree and "edge ghost" in tree
    assert "mark-tied" in tree and "mark-proposal" in tree


def test_learning_curves_have_the_parents_behind(html: str) -> None:
    article = html[html.index('<article id="t0004"') : html.index('<article id="t0005"')]
    assert 'class="curve"' in article
    assert 'class="curve-parent"' in article


def test_it_is_dark_where_the_reader_is_and_small(html: str) -> None:
    assert "prefers-color-scheme: dark" in html
    assert len(html.encode()) < 400_000


def test_a_campaign_without_trials_has_a_report(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "empty", task="mini_math", actor="person:ada")
    text = Page(build(campaign)).text
    assert "Nothing has been scored yet." in text
    assert "No trial yet." in text


def test_a_report_without_the_task_or_state_still_renders(demo: Campaign) -> None:
    snapshot = take(demo)
    assert "mini_math" in Page(render(snapshot, {})).text
    assert (
        "Nothing has been scored" in Page(render(replace(snapshot, state=State(), best=None))).text
    )


def test_what_a_trial_used_is_drawn_small_with_its_peak(demo: Campaign) -> None:
    samples = [
        {"seconds": n, "stage": "train", "cores": n / 200, "memory_mb": 100 + n}
        | {"gpu_memory_mb": None, "gpu_share": None}
        for n in range(200)
    ]
    file = demo.trial_folder("t0004") / "usage.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"cores": 2, "memory_limit_mb": 4096, "samples": samples}))
    text = build(demo)
    pictures = re.findall(r'<svg class="usage".*?</svg>', text)
    titles = [re.search("<title>(.*?)</title>", each)[1] for each in pictures]  # type: ignore[index]
    assert titles == [
        "processors: at most 1.0 of 2.0 in 199 s",
        "memory: at most 299 MiB of 4,096 MiB in 199 s",
    ]
    assert all(each.count(" L") <= 80 for each in pictures)
    Page(text)


def test_hostile_usage_is_not_drawn(demo: Campaign) -> None:
    file = demo.trial_folder("t0004") / "usage.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    bad = [{"seconds": "<b>", "cores": 1e999, "memory_mb": -1}] * 5
    file.write_text(json.dumps({"gpu": "<script>", "samples": bad}))
    assert '<svg class="usage"' not in build(demo)


def test_long_curves_are_thinned(demo: Campaign) -> None:
    snapshot = take(demo)
    rows = [{"step": step, "loss": 1.0} for step in range(1, 20_001)]
    html = render(replace(snapshot, curves={"t0004": rows}))
    curve = re.search(r'<path d="([^"]*)" class="curve"', html)
    assert curve is not None
    assert curve[1].count("L") < 200


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (-0.1, 0.3, [-0.1, 0, 0.1, 0.2, 0.3])],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_lengths_of_the_training_rows_stand_beside_the_parents(demo: Campaign, html: str) -> None:
    assert "Length of the answers t0004 trained on" in html
    captions = [part for part in html.split("figcaption>") if "answers trained on" in part]
    medians = [re.findall(r"(t\d{4}) (\d+)", caption) for caption in captions]
    assert [name for name, _ in medians[3]] == ["t0004", "t0002"]
    assert int(medians[3][0][1]) > int(medians[3][1][1])
    drawn = html.split("Length of the answers t0004 trained on")[1].split("</svg>")[0]
    assert 'class="bar-parent"' in drawn and 'class="bar"' in drawn


STRONGEST = {
    "key": "baseline-words",
    "name": "bag of words",
    "rows": 2000,
    "labels": 77,
    "sets": ["a"],
    "score": 0.61,
    "low": 0.55,
    "high": 0.66,
    "n": 320,
}


def test_the_strongest_classical_baseline_is_a_dashed_line_across_the_trials(
    demo: Campaign,
) -> None:
    assert 'class="classical"' not in build(demo)
    weaker = {**STRONGEST, "key": "baseline-majority", "name": "majority", "score": 0.1}
    demo.say(Kind.BASELINES_SCORED, {"baselines": [weaker, STRONGEST]}, actor="evaluator")
    demo.refresh()
    html = build(demo)
    tree = html[html.index('<svg class="tree"') :]
    tree = tree[: tree.index("</svg>")]
    assert tree.count('class="classical"') == 1
    assert "bag of words 0.61" in tree
    assert "majority" not in tree


def test_the_baseline_stands_among_the_scores_of_the_sealed_test(demo: Campaign) -> None:
    score = {"score": 0.7, "low": 0.6, "high": 0.8, "n": 300}
    payload = {"scores": {"t0001": score}, "verdict": {}, "baselines": [{**STRONGEST, "n": 300}]}
    demo.say(Kind.TEST_SCORED, payload, trial="t0001", actor="evaluator")
    demo.refresh()
    assert "bag of words, 2,000 rows, no language model" in build(demo)


def test_it_tells_what_is_believed_what_comes_next_and_why_each_trial_was_tried(
    page: Page,
) -> None:
    text = " ".join(page.text.split())
    assert "The choice. t0004 can be told apart from every other scored trial" in text
    assert "one more seed of each would make that" in text
    assert "greedy would grow from" in text and "not the runner-up:" in text
    assert "posterior mean 0." in text and "visits 8" in text
    assert "why from t0002: t0002 has the highest shrunken score" in text
