/**
 * A card's state: the trial as the server has it, the draft of a person's edits, and the curve.
 *
 * The notebook's copy of a proposal is shown until the server answers, and stays what is shown
 * where the server knows no such campaign. A draft is never thrown away by something newer.
 */

import { Poll } from '@lumino/polling';
import { ActionBody, ICard, IDecisionBody, ILive, IMetricsRow } from '../api/documents';
import { ApiError, errorText } from '../api/errors';
import { ChangingUntilDisposed } from '../store/changing';
import { CurveReader } from '../store/curve';
import { ICampaignStore, IHint } from '../store/store';

/** How the card stands with the server. */
export type Connection = 'asking' | 'live' | 'unknown' | 'failed';

/** How often a running trial's curve is read, in milliseconds. */
const RUNNING = 1500;
/** The state of one card. */
export class CardModel extends ChangingUntilDisposed {
  constructor(
    private readonly _store: ICampaignStore,
    private readonly _folder: string,
    readonly trial: string,
    private readonly _options: CardModel.IOptions = {}
  ) {
    super();
    this._card = _options.card ?? null;
    this._campaign = _options.campaign ?? null;
    this._poll = new Poll({
      name: 'ftassist:card',
      factory: () => this._tick(),
      frequency: { interval: RUNNING, backoff: true, max: 60_000 },
      standby: 'when-hidden',
      auto: false
    });
    _store.moved.connect(this._onMoved, this);
  }

  /** The trial as it stands; null before anything is known. */
  get card(): ICard | null {
    const { live } = this._options;
    return this._connection === 'unknown' && this._card && live
      ? { ...this._card, live }
      : this._card;
  }

  /** Whether it stands in a notebook, which tells the story. */
  get inNotebook(): boolean {
    return this._options.inNotebook ?? false;
  }

  /** The campaign's id; null where the server knows none. */
  get campaign(): string | null {
    return this._campaign;
  }

  get connection(): Connection {
    return this._connection;
  }

  /** What a person should read: a refusal, or news; "" for nothing. */
  get notice(): string {
    return this._notice;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** The cells as edited and not yet saved; null when nobody edits. */
  get draft(): { [stage: string]: string } | null {
    return this._draft;
  }

  /** The training curve, oldest first. */
  get curve(): readonly IMetricsRow[] {
    return this._curve?.rows ?? [];
  }

  /** Whether a decision can be made. */
  get open(): boolean {
    return this._connection === 'live' && this._card?.status === 'proposed';
  }

  /** Whether it runs or is about to, so that it can still be vetoed. */
  get stoppable(): boolean {
    const status = this._card?.status;
    return this._connection === 'live' && (status === 'accepted' || status === 'running');
  }

  /** Whether it ended without a score, so that its cells can be edited into a new proposal. */
  get retryable(): boolean {
    const status = this._card?.status ?? '';
    return this._connection === 'live' && ['failed', 'invalid', 'stopped'].includes(status);
  }

  /** How often the form that asks why was asked for since it was last closed; 0 while closed. */
  get vetoing(): number {
    return this._vetoing;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._store.moved.disconnect(this._onMoved, this);
      this._poll.dispose();
      super.dispose();
    }
  }

  /** Reads the trial from the server. */
  async load(): Promise<void> {
    try {
      if (this._campaign === null) {
        this._campaign = await this._store.idOf(this._folder);
      }
      if (this._campaign === null) {
        this._connection = 'unknown';
      } else {
        const card = await this._store.api.card(this._campaign, this.trial);
        if (this._connection === 'failed') {
          this._notice = ''; // that the server was away; it is back
        }
        this._take(card);
        this.tell();
        await this._readCurve();
      }
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404;
      this._connection = gone ? 'unknown' : 'failed';
      this._notice = gone ? '' : errorText(error);
    }
    this.tell();
  }

  /** Opens the form that asks why; it takes the focus, also where it is open already. */
  startVeto(): void {
    this._vetoing += 1;
    this.tell();
  }

  /** Closes it. */
  endVeto(): void {
    this._vetoing = 0;
    this.tell();
  }

  /** Starts to edit: the draft begins as the cells are; the focus goes to it, also once more. */
  startEditing(): void {
    if ((this.open || this.retryable) && this._card) {
      this._draft ??= { ...this._card.cells };
      this._editing += 1;
      this._wantsFocus = true;
      this.tell();
    }
  }

  /** How often editing or a veto was asked for: whoever hides the card then shows it. */
  get asked(): number {
    return this._editing + this._vetoing;
  }

  /** Whether the cells should take the focus; answers so once. */
  takeFocus(): boolean {
    const wanted = this._wantsFocus;
    this._wantsFocus = false;
    return wanted;
  }

  /** Keeps what a person typed; draws nothing anew. */
  type(stage: string, source: string): void {
    if (this._draft) {
      this._draft[stage] = source;
    }
  }

  /** Throws the draft away. */
  cancelEditing(): void {
    this._draft = null;
    this._notice = '';
    this.tell();
  }

  /** The cells of the draft that differ from what the server has. */
  editedCells(): { [stage: string]: string } {
    const cells: { [stage: string]: string } = {};
    for (const [stage, source] of Object.entries(this._draft ?? {})) {
      if (source !== this._card?.cells[stage]) {
        cells[stage] = source;
      }
    }
    return cells;
  }

  /**
   * Saves the draft; keeps it when the server refuses.
   *
   * @param prediction - What the person expects of it, if they say so.
   * @returns The trial that has the edits now, a new one for one that had ended; null if refused.
   */
  async saveEdits(
    prediction: { low: number; high: number } | null = null
  ): Promise<string | null> {
    const cells = this.editedCells();
    if (Object.keys(cells).length === 0) {
      this.cancelEditing();
      return this.trial;
    }
    const own = prediction === null ? {} : { prediction };
    if (!(await this.decide({ decision: 'edit', cells, ...own }))) {
      return null;
    }
    this._draft = null;
    this.tell();
    return this._made;
  }

  /** Sends a decision on what is shown; says whether it was taken. */
  decide(body: Omit<IDecisionBody, 'trial' | 'seen'>): Promise<boolean> {
    return this._send(async (id, card) => {
      const reply = await this._store.api.decide(id, {
        ...body,
        trial: this.trial,
        seen: card.seen
      });
      const { seq, trial } = reply;
      this._made = trial.trial;
      if (trial.trial === this.trial) {
        this._take(trial);
      }
      const reveal = this.inNotebook && trial.trial !== this.trial;
      this._store.tell({ id, trial: trial.trial, seq, reveal });
    });
  }

  /** Sends a wish; says whether it was taken. */
  act(body: ActionBody): Promise<boolean> {
    return this._send(async id => {
      await this._store.api.act(id, { trial: this.trial, ...body });
      this._take(await this._store.api.card(id, this.trial));
    });
  }

  /** Shows a text to the person. */
  say(notice: string): void {
    this._notice = notice;
    this.tell();
  }

  private async _send(send: (id: string, card: ICard) => Promise<void>): Promise<boolean> {
    if (this._campaign === null || !this._card || this._busy) {
      return false;
    }
    this._busy = true;
    this._notice = '';
    this.tell();
    try {
      await send(this._campaign, this._card);
      return true;
    } catch (error) {
      this._refused(error);
      return false;
    } finally {
      this._busy = false;
      this.tell();
    }
  }

  /** A refusal; a stale decision brings how the trial stands now, which is then shown. */
  private _refused(error: unknown): void {
    this._notice = errorText(error);
    if (error instanceof ApiError && error.stale) {
      const now = (error.body as { card?: ICard } | null)?.card;
      if (now) {
        this._take(now);
      } else {
        void this.load();
      }
    }
  }

  private _take(card: ICard): void {
    this._card = card;
    this._connection = 'live';
    const running = card.status === 'running' || card.status === 'accepted';
    if (running && !this._running) {
      void this._poll.start();
    } else if (!running && this._running) {
      void this._poll.stop();
      void this._readCurve().then(() => this.tell());
    }
    this._running = running;
  }

  /** One look at a running trial. */
  private async _tick(): Promise<void> {
    if (this._campaign === null || this.isDisposed) {
      return;
    }
    try {
      const card = await this._store.api.card(this._campaign, this.trial);
      this._notice = this._connection === 'failed' ? '' : this._notice;
      this._take(card);
      await this._readCurve();
    } catch (error) {
      // What is shown is not what is so any more; the poll goes on asking.
      this._connection = 'failed';
      this._notice = errorText(error);
      throw error;
    } finally {
      this.tell();
    }
  }

  private async _readCurve(): Promise<void> {
    if (this._campaign === null || this._card?.status === 'proposed') {
      return;
    }
    this._curve ??= new CurveReader(this._store.api, this._campaign, this.trial);
    await this._curve.read(() => !this.isDisposed);
  }

  private _onMoved(_: ICampaignStore, hint: IHint): void {
    if (hint.id === this._campaign && hint.seq !== this._card?.seen) {
      void this.load();
    } else if (this._connection === 'unknown' || this._connection === 'failed') {
      void this.load();
    }
  }

  private _card: ICard | null;
  private _campaign: string | null;
  private _connection: Connection = 'asking';
  private _notice = '';
  private _busy = false;
  private _editing = 0;
  private _vetoing = 0;
  private _wantsFocus = false;
  private _made: string | null = null;
  private _draft: { [stage: string]: string } | null = null;
  private _curve: CurveReader | null = null;
  private _running = false;
  private readonly _poll: Poll;
}

/** Options of a card. */
export namespace CardModel {
  /** What is known of the trial before the server is asked. */
  export interface IOptions {
    /** The notebook's copy. */
    card?: ICard;
    /** What that copy tells of what became of it; shown where the server knows no such campaign. */
    live?: ILive;
    /** The campaign's id, where it is known. */
    campaign?: string;
    /** Whether it stands in a notebook. */
    inNotebook?: boolean;
  }
}
