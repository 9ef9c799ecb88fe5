/**
 * The opening of the sealed test split: for which trial, what was opened before, how far it is.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ICampaign, INode, IOpening } from '../api/documents';
import { quoted } from '../start/quoted';
import { Acting } from '../store/acting';
import { ICampaignStore } from '../store/store';

/** The trials that it can be opened for: the finalist first, then the best, then by score. */
export function candidates(campaign: ICampaign, nodes: Iterable<INode>): INode[] {
  const first = [campaign.finalist, campaign.best];
  const rank = (node: INode): number =>
    first.includes(node.trial) ? first.indexOf(node.trial) : 2;
  const better = campaign.metric.higher_is_better ? -1 : 1;
  return [...nodes]
    .filter(node => node.role === 'trial' && node.status === 'scored' && node.score !== null)
    .sort((a, b) => rank(a) - rank(b) || better * (a.score! - b.score!));
}

/** The trial whose opening was cut short before it was scored; null where none was. */
export function cutShort(campaign: ICampaign): string | null {
  const last = (campaign.openings ?? []).slice(-1)[0];
  return last && !(campaign.tests ?? {})[last.trial] ? last.trial : null;
}

/** The state of the dialog. */
export class TestOpening extends Acting<IOpening> {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    trial: string | null,
    private readonly _trans: TranslationBundle,
    look?: number
  ) {
    super(look);
    const known = this.known;
    const possible = this.candidates.map(node => node.trial);
    const wanted = [known ? cutShort(known) : null, trial].find(
      name => name !== null && possible.includes(name)
    );
    this._trial = wanted ?? possible[0] ?? '';
  }

  /** The campaign as it is known now. */
  get known(): ICampaign | null {
    return this._store.model(this.campaign).campaign;
  }

  get candidates(): INode[] {
    const { campaign, nodes } = this._store.model(this.campaign);
    return campaign ? candidates(campaign, nodes.values()) : [];
  }

  get trial(): string {
    return this._trial;
  }

  /** Whether it was opened in this dialog and scored. */
  get done(): boolean {
    return this._act?.phase === 'done';
  }

  /** Whether this is a second look: one that was cut short is gone on with. */
  get second(): boolean {
    if (this.done) {
      return this._again; // the opening that was just made is no earlier one
    }
    const known = this.known;
    return known !== null && (known.openings ?? []).length > 0 && cutShort(known) !== this._trial;
  }

  /** Whether a person has said that they know it is one. */
  get again(): boolean {
    return this._again;
  }

  get opening(): IOpening | null {
    return this._act;
  }

  /** Whether it can be opened now. */
  get ready(): boolean {
    return !this.busy && !this.done && this._trial !== '' && (!this.second || this._again);
  }

  /** The command that does the same in the server's folder. */
  get command(): string {
    const row = this._store.campaigns.find(known => known.id === this.campaign);
    const words = ['ftassist final', this._trial, ...(this.second ? ['--again'] : [])];
    return [...words, '--campaign', quoted(row?.path || '.')].join(' ');
  }

  set(change: { trial?: string; again?: boolean }): void {
    this._trial = change.trial ?? this._trial;
    this._again = change.again ?? this._again;
    this._problem = '';
    this.tell();
  }

  /** Opens it; ends when it is scored, or is not. */
  async begin(): Promise<void> {
    if (this.ready) {
      const again = this.second ? { again: true } : {};
      const body = { trial: this._trial, ...again };
      await this._follow(() => this._store.api.openTest(this.campaign, body));
    }
  }

  async cancel(): Promise<void> {
    await this._store.api.cancelOpening(this.campaign);
  }

  protected _ask(): Promise<IOpening | null> {
    return this._store.api.opening(this.campaign);
  }

  protected _underWay(found: IOpening): boolean {
    return found.phase === 'scoring';
  }

  protected _takenUp(found: IOpening): void {
    this._trial = found.trial;
  }

  protected async _ended(found: IOpening | null): Promise<void> {
    await this._store.model(this.campaign).refresh();
    await super._ended(found);
    if (found?.phase === 'cancelled') {
      this._problem ||= this._trans.__(
        'Ended before it was scored. The opening is on record; open it again, and it is gone on with.'
      );
    }
  }

  private _again = false;
  private _trial: string;
}
