"""How fast JupyterLab shows a campaign of 10,000 generated trials, in a real browser.

    python -m benchmarks.browser [--trials 10000] [--campaigns 1] [--rounds 5] [--tabs 10]

Starts a JupyterLab with the bundle that is here and Debian's chromium (FTASSIST_CHROMIUM names
another). Every time ends when the browser has drawn what was waited for. Server, browser and this
program share the machine, so all figures hold what else it did.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from benchmarks.big_journal import write_many
from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright
from tests.browser.conftest import FLAGS
from tests.browser.lab import Lab
from tests.browser.tab import Tab

from ftassist.journal import Journal, Kind

PATIENCE = 300_000
FILTERS = ("exam_archive", "rate", "lessons", "t00", "answer_key add", "failed", "better 9", "")

NOTE_FIRST_ROW = """
performance.setResourceTimingBufferSize(10000);
const look = () => {
  const row = document.querySelector('.jp-ft-TreeRow');
  if (row && row.getBoundingClientRect().height > 0) {
    setTimeout(() => { window.firstRow = performance.now(); });
  } else {
    requestAnimationFrame(look);
  }
};
look();
"""
SHOW = "() => void window.jupyterapp.commands.execute('ftassist:show-explorer')"
DATA_ARRIVED = """
() => performance.getEntriesByType('resource')
  .filter(entry => /ftassist\\/campaigns\\/[^/?]+(\\?\\d+)?$/.test(entry.name))
  .map(entry => entry.responseEnd)
  .reduce((last, end) => Math.max(last ?? 0, end), null)
"""
SCROLL = """
async steps => {
  const tree = document.querySelector('.jp-ft-Tree-rows');
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const box = tree.getBoundingClientRect();
  const drawn = () => [0.1, 0.5, 0.9].every(share => document
    .elementFromPoint(box.left + 60, box.top + share * box.height)?.closest('.jp-ft-TreeRow'));
  const took = [];
  for (let step = 0; step < steps; step++) {
    const began = performance.now();
    tree.scrollTop = ((step * 7919) % 100) / 100 * (tree.scrollHeight - box.height);
    do {
      await frame();
      if (performance.now() - began > 60000) {
        const found = document.elementFromPoint(box.left + 60, box.top + 0.5 * box.height);
        const where = `${tree.scrollTop} of ${tree.scrollHeight}, ${box.width} x ${box.height}`;
        throw new Error(`no row in sight at ${where}: ${found?.outerHTML.slice(0, 200)}`);
      }
    } while (!drawn());
    took.push(performance.now() - began);
  }
  tree.scrollTop = 0;
  await frame();
  return took;
}
"""
FILTER = """
async texts => {
  const input = document.querySelector('.jp-ft-Table-tools input');
  const count = document.querySelector('.jp-ft-Table-tools [role=status]');
  const type = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const took = [];
  for (const text of texts) {
    const began = performance.now();
    type.call(input, text);
    input.dispatchEvent(new Event('input', {bubbles: true}));
    await frame();
    took.push(performance.now() - began);
    const drawn = count.textContent;
    await frame();
    if (count.textContent !== drawn) { throw new Error('one frame was not enough'); }
  }
  return took;
}
"""
WATCH_PIN = """
([trial, pinned]) => {
  const row = `.jp-ft-TreeRow[data-trial="${trial}"]`;
  window.shown = new Promise(done => {
    const look = () => {
      const now = document.querySelector(`${row} .jp-ft-pinned`) !== null;
      if (now === pinned) { setTimeout(() => done(Date.now())); return; }
      requestAnimationFrame(look);
    };
    look();
  });
}
"""


def open_panel(tab: Tab) -> float:
    """Shows the panel in a fresh tab; seconds from the data's arrival to the first row drawn.

    Where the side bar was closed, they begin with the command that opens it, if that came later.
    """
    page = tab.page
    page.set_default_timeout(PATIENCE)
    page.add_init_script(NOTE_FIRST_ROW)
    tab.open()
    pressed = 0.0
    if not page.locator("#ftassist-explorer").is_visible():
        pressed = page.evaluate("() => performance.now()")
        page.evaluate(SHOW)
    page.wait_for_function("() => window.firstRow !== undefined")
    arrived = page.evaluate(DATA_ARRIVED)
    if arrived is None:
        raise SystemExit("the browser kept no time of the data's arrival")
    return float(page.evaluate("() => window.firstRow") - max(pressed, arrived)) / 1e3


def event_seconds(page: Page, journal: Journal, trial: str, rounds: int) -> list[float]:
    """Seconds from writing an event to its mark in the tree, pinning and unpinning a trial."""
    took = []
    for number in range(2 * rounds):
        pinned = number % 2 == 0
        page.evaluate(WATCH_PIN, [trial, pinned])
        time.sleep(0.7)
        began = time.time()
        kind = Kind.TRIAL_PINNED if pinned else Kind.TRIAL_UNPINNED
        journal.append(actor="bench", kind=kind, trial=trial)
        took.append(page.evaluate("() => window.shown") / 1e3 - began)
    return took


def answer_seconds(lab: Lab, path: str, times: int = 20) -> list[float]:
    """Seconds of some answers of the server, one after the other."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        with urllib.request.urlopen(lab.url(path), timeout=300) as reply:
            reply.read()
        took.append(time.perf_counter() - began)
        time.sleep(0.1)
    return took


def processor(session: CDPSession) -> float:
    """Seconds of processor time of the page's main thread since they are counted."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def memory_mb(session: CDPSession) -> tuple[float, float]:
    """What the page's scripts hold after a collection, and all of the browser's tabs, in MB."""
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    heap = float(next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize"))
    tabs = 0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "--type=renderer" in process.cmdline():
                tabs = max(tabs, process.memory_info().rss)
    return heap / 1e6, tabs / 1e6


def show(what: str, seconds: Sequence[float], target: str = "", own: float = 0.0) -> None:
    """Prints a line of the table; `own` is the page's processor time of all of them."""
    middle, most = statistics.median(seconds) * 1e3, max(seconds) * 1e3
    share = f"{own / len(seconds) * 1e3:,.0f} ms" if own else ""
    times = f"{middle:,.0f} ms | {most:,.0f} ms | {share} | {len(seconds)}"
    print(f"| {what} | {times} | {target} |", flush=True)


def measure(lab: Lab, context: BrowserContext, folder: Path, wanted: argparse.Namespace) -> None:
    """Prints the table."""
    print("| what | median | slowest | processor | times | target |\n|---|---|---|---|---|---|")
    opened = []
    for _ in range(wanted.rounds):
        tab = Tab(context.new_page(), lab)
        opened.append(open_panel(tab))
        if len(opened) < wanted.rounds:
            tab.page.close()
    page = tab.page
    show("panel, from the data's arrival to the first row", opened, "< 1,000 ms")
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    for what, script, argument in (
        ("a scroll step in the tree", SCROLL, 40),
        ("a filter step in the table", FILTER, list(FILTERS) * 3),
    ):
        before = processor(session)
        steps = [ms / 1e3 for ms in page.evaluate(script, argument)]
        show(what, steps, "< 100 ms", processor(session) - before)
    heap, tab_mb = memory_mb(session)
    print(f"| memory of the page's scripts | {heap:,.0f} MB | | | 1 | < 300 MB |")
    print(f"| resident memory of the largest tab | {tab_mb:,.0f} MB | | | 1 | |", flush=True)
    journal = Journal(folder / "journal.db")
    trial = page.locator(".jp-ft-TreeRow").nth(1).get_attribute("data-trial") or ""
    shown = event_seconds(page, journal, trial, wanted.rounds)
    show("an event, from the journal to the tree", shown, "< 300 ms")
    show("`api/status`, one tab", answer_seconds(lab, "api/status"))
    for _ in range(wanted.tabs - 1):
        open_panel(Tab(context.new_page(), lab))
    shown = event_seconds(page, journal, trial, wanted.rounds)
    show(f"an event in one of {wanted.tabs} tabs", shown)
    show(f"`api/status`, {wanted.tabs} tabs", answer_seconds(lab, "api/status"))


def main() -> None:
    """Writes the campaign, starts JupyterLab and the browser, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--campaigns", type=int, default=1, help="one large, the others of 100")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tabs", type=int, default=10)
    wanted = parser.parse_args()
    path = os.environ.get("FTASSIST_CHROMIUM", "/usr/bin/chromium")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        lab = Lab(Path(place).resolve())
        folder = lab.root / "campaigns" / "generated-1"
        events = write_many(folder, wanted.trials, wanted.campaigns)
        load = psutil.getloadavg()[0]
        many = f"{wanted.campaigns} campaigns, one of {wanted.trials:,} trials"
        print(f"{many}, {events:,} events; load {load:.1f}\n", flush=True)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        lab.start()
        try:
            context = browser.new_context(viewport={"width": 1360, "height": 860})
            measure(lab, context, folder, wanted)
        finally:
            lab.stop()
            browser.close()
    print(f"\nload at the end {psutil.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
