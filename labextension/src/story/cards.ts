/**
 * The cards that an open notebook holds in its outputs, whether they are drawn or not.
 */

import { IOutput } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { ICard, INode, PROPOSAL_MIME } from '../api/documents';
import { asCard } from '../card/renderer';

/** What is needed of a code cell's outputs. */
interface IOutputs {
  readonly length: number;
  get(index: number): { readonly data: ReadonlyPartialJSONObject; toJSON(): IOutput };
  set(index: number, value: IOutput): void;
}

/** A card in a notebook: the cell and the output that hold it. */
export interface IKeptCard {
  card: ICard;
  /** The index of the cell. */
  cell: number;
  cellId: string;
  trusted: boolean;
  outputs: IOutputs;
  /** The index of the output. */
  output: number;
}

/** All cards of a notebook, from top to bottom. */
export function cardsOf(panel: NotebookPanel): IKeptCard[] {
  const found: IKeptCard[] = [];
  const cells = panel.content.model?.cells ?? [];
  let index = 0;
  for (const cell of cells) {
    const outputs =
      cell.type === 'code' ? (cell as unknown as { outputs: IOutputs }).outputs : null;
    for (let output = 0; output < (outputs?.length ?? 0); output += 1) {
      const card = asCard(outputs!.get(output).data[PROPOSAL_MIME]);
      if (card) {
        const { id: cellId, trusted } = cell;
        found.push({ card, cell: index, cellId, trusted, outputs: outputs!, output });
      }
    }
    index += 1;
  }
  return found;
}

/** Whether a kept card tells less than is known: a decision or an end that it lacks. */
export function isBehind(card: ICard, node: INode): boolean {
  const runs = node.status === 'accepted' || node.status === 'running';
  const kept = card.updated;
  if (kept === undefined) {
    const edited = Object.keys(card.edited).sort();
    return node.status !== card.status || node.edited.join() !== edited.join();
  }
  // While it runs the card is drawn live; what is kept changes with the decision and the end.
  return node.updated > kept && (node.status !== card.status || !runs);
}
