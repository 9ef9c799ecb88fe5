/**
 * The opening of the sealed test split: for which trial, what was opened before, how far it is.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ICampaign, INode, IOpening } from '../api/documents';
import { ApiError, errorText } from '../api/errors';
import { quoted } from '../start/quoted';
import { Changing } from '../store/changing';
import { ICampaignStore } from '../store/store';

/** How often the server is asked how far it is, in milliseconds. */
const LOOK = 700;

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
export class TestOpening extends Changing {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    trial: string | null,
    private readonly _trans: TranslationBundle,
    private readonly _look = LOOK
  ) {
    super();
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
    return this._opening?.phase === 'done';
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
    return this._opening;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Whether it can be opened now. */
  get ready(): boolean {
    return !this._busy && !this.done && this._trial !== '' && (!this.second || this._again);
  }

  get problem(): string {
    return this._problem;
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

  /** Takes up an opening that is being scored already. */
  async takeUp(): Promise<void> {
    const found = await this._store.api.opening(this.campaign);
    if (found?.phase === 'scoring') {
      this._trial = found.trial;
      await this._while(async () => found);
    }
  }

  /** Opens it; ends when it is scored, or is not. */
  async begin(): Promise<void> {
    if (this.ready) {
      const again = this.second ? { again: true } : {};
      const body = { trial: this._trial, ...again };
      await this._while(() => this._store.api.openTest(this.campaign, body));
    }
  }

  async cancel(): Promise<void> {
    await this._store.api.cancelOpening(this.campaign);
  }

  /** Nobody looks any more; the scoring goes on. */
  leave(): void {
    this._left = true;
  }

  private async _while(begin: () => Promise<IOpening>): Promise<void> {
    this._busy = true;
    this._problem = '';
    this.tell();
    try {
      let found: IOpening | null = await begin();
      while (found?.phase === 'scoring' && !this._left) {
        this._opening = found;
        this.tell();
        await new Promise(done => setTimeout(done, this._look));
        found = await this._store.api.opening(this.campaign);
      }
      this._opening = found;
      await this._store.model(this.campaign).refresh();
      if (found?.error) {
        const { message, where, what_to_do } = found.error;
        this._problem = new ApiError(400, message, where, what_to_do).text;
      } else if (found?.phase === 'cancelled') {
        this._problem = this._trans.__(
          'Ended before it was scored. The opening is on record; open it again, and it is gone on with.'
        );
      }
    } catch (error) {
      this._problem = errorText(error);
    }
    this._busy = false;
    this.tell();
  }

  private _again = false;
  private _busy = false;
  private _left = false;
  private _opening: IOpening | null = null;
  private _problem = '';
  private _trial: string;
}
