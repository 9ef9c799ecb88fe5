/**
 * Where a page is shown: in the main area, or below the document where that is the only one.
 */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { SplitPanel, TabPanel, Widget } from '@lumino/widgets';

/** What the front end calls such pages; who lays out Notebook 7 by settings names it there. */
const TYPE = 'Trial';
/** The share of the height that pages below a document get. */
const SHARE = 0.45;
/** The least share in which one can be read. */
const LEAST = 0.3;

/** Brings a page to the front. False where this front end has no place for one. */
export function showPage(page: Widget, shell: JupyterFrontEnd.IShell): boolean {
  for (const area of ['main', 'down']) {
    if (page.parent === null) {
      // Notebook 7 keeps its main area for one document and drops any other without a word.
      shell.add(page, area, { type: TYPE });
    }
  }
  shell.activateById(page.id);
  const tabs = above(page, TabPanel);
  if (tabs) {
    tabs.currentWidget = page;
    makeRoom(tabs);
  }
  return page.parent !== null;
}

/** Gives their share of the height to tabs that are shown for the first time, or as a sliver. */
function makeRoom(tabs: TabPanel): void {
  const split = above(tabs, SplitPanel);
  const share = split?.relativeSizes()[split.widgets.indexOf(tabs)];
  if (split && split.orientation === 'vertical' && share !== undefined && share < LEAST) {
    const rest = (1 - SHARE) / (split.widgets.length - 1);
    split.setRelativeSizes(split.widgets.map(widget => (widget === tabs ? SHARE : rest)));
  }
}

function above<T extends Widget>(widget: Widget, kind: new (...args: never[]) => T): T | null {
  let at = widget.parent;
  while (at && !(at instanceof kind)) {
    at = at.parent;
  }
  return at;
}
