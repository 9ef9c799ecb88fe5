/**
 * What is worth a notification: found by comparing the nodes of a campaign before and after.
 */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { INode, Status } from '../api/documents';
import { score } from '../words/numbers';
import { ICampaignModel } from './campaign';
import { ICampaignStore, IHint } from './store';

/** Something a person may want to know at once. */
export interface INews {
  kind: 'waiting' | 'finished' | 'failed' | 'consent';
  campaign: string;
  /** The campaign's name. */
  name: string;
  /** The trial; "" where it is about the campaign. */
  trial: string;
  /** The proposal this one is an alternative to; null for most. */
  beside: string | null;
  /** A few words on it, such as the score. */
  text: string;
}

/** What is stopped is none: whoever stopped it knows. */
const FAILED: readonly Status[] = ['failed', 'invalid'];

/** Watches the campaigns that move. */
export class NewsDesk implements IDisposable {
  constructor(private readonly _store: ICampaignStore) {
    _store.moved.connect(this._onMoved, this);
  }

  /** The news, as they come. */
  get news(): ISignal<NewsDesk, INews> {
    return this._news;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._store.moved.disconnect(this._onMoved, this);
    Signal.clearData(this);
  }

  private _onMoved(_: ICampaignStore, hint: IHint): void {
    if (!this._watched.has(hint.id)) {
      const model = this._store.model(hint.id);
      this._watched.set(hint.id, null);
      model.changed.connect(this._onChanged, this);
      this._onChanged(model);
    }
  }

  private _onChanged(model: ICampaignModel): void {
    if (!model.campaign) {
      return;
    }
    const before = this._watched.get(model.id) ?? null;
    const now = new Map<string, Status>();
    for (const node of model.nodes.values()) {
      now.set(node.trial, node.status);
      if (before && before.get(node.trial) !== node.status) {
        const found = newsOf(node, before.get(node.trial));
        if (found) {
          this._news.emit({
            kind: found,
            campaign: model.id,
            name: model.campaign.name,
            trial: node.trial,
            beside: node.beside,
            text: node.score !== null ? `${score(node.score)} ${node.word}` : ''
          });
        }
      }
    }
    this._watched.set(model.id, now);
    const asks = model.campaign.consent?.waited_for ?? false;
    if (asks && this._asking.get(model.id) === false) {
      const { id: campaign, campaign: known } = model;
      const about = { campaign, name: known.name, trial: '', beside: null, text: '' };
      this._news.emit({ kind: 'consent', ...about });
    }
    this._asking.set(model.id, asks);
  }

  private _disposed = false;
  private readonly _asking = new Map<string, boolean>();
  private readonly _watched = new Map<string, Map<string, Status> | null>();
  private readonly _news = new Signal<this, INews>(this);
}

/** What a change of a trial's status is worth; null for nothing. */
export function newsOf(node: INode, before: Status | undefined): INews['kind'] | null {
  if (node.status === 'proposed' && before === undefined) {
    return 'waiting';
  }
  if (node.status === 'scored' && node.role !== 'base') {
    return 'finished';
  }
  return FAILED.includes(node.status) ? 'failed' : null;
}
