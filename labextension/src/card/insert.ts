/**
 * Puts a trial's cells into an open notebook, as one step that one undo takes back.
 *
 * The cells are inserted into the document's shared model, never written into the file; they are
 * not trusted and do not run. Each says in its metadata where it came from.
 */

import { ICodeCell } from '@jupyterlab/nbformat';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { UUID } from '@lumino/coreutils';
import { ICard, STAGES } from '../api/documents';

/** Where a cell came from, under `metadata.ftassist`. */
export interface IProvenance {
  campaign: string;
  folder: string;
  trial: string;
  parent: string | null;
  stage: string;
  seq: number;
  backend: string;
  edited_by: string | null;
  [key: string]: string | number | null;
}

/** The three cells as notebook cells. */
export function notebookCells(card: ICard): ICodeCell[] {
  return STAGES.filter(stage => stage in card.cells).map(stage => ({
    cell_type: 'code',
    id: UUID.uuid4(),
    source: card.cells[stage],
    metadata: { trusted: false, ftassist: provenance(card, stage) },
    outputs: [],
    execution_count: null
  }));
}

/** Inserts the cells below the cell that holds `anchor`, or below the active one. */
export function insertCells(
  card: ICard,
  tracker: INotebookTracker,
  anchor: HTMLElement | null
): boolean {
  const panel = (anchor && panelOf(anchor, tracker)) ?? tracker.currentWidget;
  const notebook = panel?.content;
  const model = notebook?.model;
  if (!panel || !notebook || !model) {
    return false;
  }
  const holder = anchor
    ? notebook.widgets.findIndex(cell => cell.node.contains(anchor))
    : notebook.activeCellIndex;
  const at = (holder >= 0 ? holder : notebook.activeCellIndex) + 1;
  const shared = model.sharedModel;
  shared.transact(() => {
    shared.insertCells(at, notebookCells(card));
  });
  notebook.activeCellIndex = at;
  return true;
}

function panelOf(anchor: HTMLElement, tracker: INotebookTracker): NotebookPanel | null {
  return tracker.find(panel => panel.node.contains(anchor)) ?? null;
}

function provenance(card: ICard, stage: string): IProvenance {
  return {
    campaign: card.campaign.name,
    folder: card.campaign.folder,
    trial: card.trial,
    parent: card.parent.trial,
    stage,
    seq: card.seen,
    backend: card.backend,
    edited_by: card.edited[stage] ?? null
  };
}
