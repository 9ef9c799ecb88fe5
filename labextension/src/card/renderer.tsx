/**
 * Draws a proposal in a notebook's output as a card.
 *
 * Safe in an untrusted notebook: nothing of the document is run or taken for HTML, and what is
 * decided is what the server has, not what the notebook says.
 */

import { ReactWidget } from '@jupyterlab/ui-components';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import React from 'react';
import { ICard, PROPOSAL_MIME } from '../api/documents';
import { FaceContext, IFace } from '../face';
import { ProposalCard } from './card';
import { copiedLive } from './copy';
import { ICardHost } from './host';
import { CardModel } from './model';

/** The widget of one output. */
export class CardRenderer extends ReactWidget implements IRenderMime.IRenderer {
  constructor(
    private readonly _face: IFace,
    private readonly _host: ICardHost
  ) {
    super();
    this.addClass('jp-ft-CardRenderer');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const card = asCard(model.data[PROPOSAL_MIME]);
    if (!card) {
      this._text = this._face.trans.__('This proposal cannot be read.');
      this.update();
      return Promise.resolve();
    }
    const same = this._model?.trial === card.trial && this._folder === card.campaign.folder;
    if (!same) {
      this._model?.dispose();
      this._folder = card.campaign.folder;
      this._model = new CardModel(this._face.store, card.campaign.folder, card.trial, {
        card,
        live: copiedLive(model.data[PROPOSAL_MIME]),
        inNotebook: true
      });
      void this._model.load();
    }
    this.update();
    return this.renderPromise ?? Promise.resolve();
  }

  dispose(): void {
    this._model?.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    if (!this._model) {
      return <p className="jp-ft-muted">{this._text}</p>;
    }
    return (
      <FaceContext.Provider value={this._face}>
        <ProposalCard
          key={`${this._folder}/${this._model.trial}`}
          model={this._model}
          onInsert={card => this._host.insert(card, this.node)}
        />
      </FaceContext.Provider>
    );
  }

  private _model: CardModel | null = null;
  private _folder = '';
  private _text = '';
}

/** The document as a card; null for anything that is none. */
export function asCard(data: unknown): ICard | null {
  const card = data as Partial<ICard> | null;
  const whole =
    typeof card === 'object' &&
    card !== null &&
    typeof card.trial === 'string' &&
    typeof card.campaign?.folder === 'string' &&
    typeof card.cells === 'object';
  if (!whole) {
    return null;
  }
  return {
    ...EMPTY,
    ...card,
    live: undefined,
    parent: { ...EMPTY.parent, ...card.parent }
  } as ICard;
}

const EMPTY = {
  schema: '',
  seen: 0,
  status: 'proposed',
  actor: null,
  backend: '',
  rule: '',
  statement: '',
  cause: '',
  changes: [],
  parent: { trial: null, score: null },
  why_parent: '',
  metric: '',
  predicted: { low: null, high: null },
  refuted_if: '',
  evidence: [],
  estimate: {},
  parent_cells: {},
  edited: {},
  edited_lines: {},
  diff: [],
  parameters: []
};
