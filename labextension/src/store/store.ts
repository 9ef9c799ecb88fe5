/**
 * All campaigns below the server's root, and the models of those somebody looks at.
 *
 * Hears of changes by hints ("campaign changed, seq n") and polls beside them: slowly while hints
 * come in, at the chosen rate when a poll finds news that no hint announced.
 */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { IApi } from '../api/client';
import { ActionBody, ICampaignRow } from '../api/documents';
import { ApiError, errorText } from '../api/errors';
import { CampaignModel, ICampaignModel } from './campaign';
import { Picks } from './picks';

/** A hint from the server. */
export interface IHint {
  id: string;
  seq: number;
  /** Whether a runner works on it, where the hint says so. */
  alive?: boolean;
}

/** What a person did in this front end that the notebook beside it should tell. */
export interface IStoryEvent {
  /** The campaign. */
  id: string;
  /** The trial it is about; null for the answer to a wish that is worked on. */
  trial: string | null;
  /** The sequence number of the wish. */
  seq: number;
  /** Whether the card should come into sight. */
  reveal: boolean;
}

/** The campaigns, live. */
export interface ICampaignStore extends IDisposable {
  readonly api: IApi;
  readonly campaigns: readonly ICampaignRow[];
  /** Whether the list was read at least once. */
  readonly ready: boolean;
  /** Why the list cannot be read; "" when it can. */
  readonly problem: string;
  /** The campaign the explorer shows; null where there is none. */
  readonly current: string | null;
  /** The list, its problem, or the chosen campaign changed. */
  readonly changed: ISignal<ICampaignStore, void>;
  /** A hint or a poll told that a campaign moved. */
  readonly moved: ISignal<ICampaignStore, IHint>;
  /** Grows with each change: what a view that re-renders on changes compares. */
  readonly version: number;
  /** Trials that were picked in the tree. */
  readonly picks: Picks;
  /** The trial selected in the explorer; null where there is none. */
  readonly selected: string | null;
  /** A decision was made here, or a proposal was wished for. */
  readonly story: ISignal<ICampaignStore, IStoryEvent>;
  /** Says so. */
  tell(event: IStoryEvent): void;
  /** Asks something of a campaign, and reads what has become of it. */
  ask(id: string, body: ActionBody): Promise<void>;
  choose(id: string): void;
  select(trial: string | null): void;
  /** The model of a campaign; the same one for everybody who asks. */
  model(id: string): ICampaignModel;
  /** The id of the campaign in a folder; null where the server knows none there. */
  idOf(folder: string): Promise<string | null>;
  refresh(): Promise<void>;
}

/** How often the list is read while hints come in, in milliseconds. */
const CALM = 10_000;
/** The longest wait between two looks for a server that is away, in milliseconds. */
const LONGEST = 30_000;

/** The store over an API client. */
export class CampaignStore implements ICampaignStore {
  constructor(
    readonly api: IApi,
    options: CampaignStore.IOptions = {}
  ) {
    this._busy = options.interval ?? 5000;
    this._poll = new Poll({
      name: 'ftassist:campaigns',
      factory: () => this._read(),
      frequency: { interval: this._busy, backoff: true, max: Math.max(LONGEST, this._busy) },
      standby: options.standby ?? 'when-hidden',
      auto: options.auto ?? true
    });
  }

  readonly picks = new Picks();

  get campaigns(): readonly ICampaignRow[] {
    return this._campaigns;
  }

  get ready(): boolean {
    return this._ready;
  }

  get problem(): string {
    return this._problem;
  }

  get current(): string | null {
    return this._current;
  }

  get version(): number {
    return this._version;
  }

  get selected(): string | null {
    return this._selected;
  }

  get changed(): ISignal<ICampaignStore, void> {
    return this._changed;
  }

  get moved(): ISignal<ICampaignStore, IHint> {
    return this._moved;
  }

  get story(): ISignal<ICampaignStore, IStoryEvent> {
    return this._story;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Milliseconds between two polls as things stand. */
  get interval(): number {
    return this._poll.frequency.interval;
  }

  /** Sets how often to ask when no hints come in; a longer wait under way is cut short. */
  setInterval(milliseconds: number): void {
    const before = this.interval;
    this._busy = milliseconds;
    this._pace();
    const { phase } = this._poll.state;
    if (this.interval < before && phase !== 'constructed' && phase !== 'stopped') {
      void this._poll.schedule();
    }
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._poll.dispose();
    this._models.clear();
    Signal.clearData(this);
  }

  choose(id: string): void {
    if (id !== this._current) {
      this._current = id;
      this._chosen = true;
      this._selected = null;
      this._tell();
    }
  }

  select(trial: string | null): void {
    if (trial !== this._selected) {
      this._selected = trial;
      this._tell();
    }
  }

  tell(event: IStoryEvent): void {
    this._story.emit(event);
  }

  async ask(id: string, body: ActionBody): Promise<void> {
    const { seq } = await this.api.act(id, body);
    if (body.action === 'propose' || body.action === 'branch') {
      this.tell({ id, seq, trial: null, reveal: true });
    }
    await this.model(id).refresh();
  }

  model(id: string): ICampaignModel {
    let model = this._models.get(id);
    if (!model) {
      model = new CampaignModel(id, this.api);
      this._models.set(id, model);
      void model.refresh();
    }
    return model;
  }

  async idOf(folder: string): Promise<string | null> {
    const known = this._folders.get(folder);
    if (known) {
      return known;
    }
    try {
      const row = await this.api.find(folder);
      this._folders.set(folder, row.id);
      return row.id;
    } catch (error) {
      if (error instanceof ApiError && error.status !== 0 && error.status < 500) {
        return null;
      }
      throw error;
    }
  }

  async refresh(): Promise<void> {
    await this._poll.refresh();
    await this._poll.tick;
  }

  /** Takes in a hint from the server. */
  async hear(hint: IHint): Promise<void> {
    this._hinted.set(hint.id, Math.max(hint.seq, this._hinted.get(hint.id) ?? 0));
    this._hearing = true;
    this._pace();
    this._moved.emit(hint);
    await this._models.get(hint.id)?.hint(hint.seq, hint.alive);
    const row = this._campaigns.find(campaign => campaign.id === hint.id);
    const alive = hint.alive ?? row?.runner_alive;
    if (!row || row.seq !== hint.seq || row.runner_alive !== alive) {
      await this._poll.refresh();
    }
  }

  private async _read(): Promise<void> {
    try {
      const { campaigns } = await this.api.campaigns();
      if (!this._disposed) {
        this._take(campaigns);
      }
    } catch (error) {
      this._ready = true;
      this._say(errorText(error));
      throw error;
    }
  }

  private _take(campaigns: ICampaignRow[]): void {
    const before = new Map(this._campaigns.map(row => [row.id, row]));
    const first = !this._ready;
    const back = this._problem !== '';
    const same = JSON.stringify(campaigns) === JSON.stringify(this._campaigns);
    this._campaigns = campaigns;
    this._ready = true;
    for (const row of campaigns) {
      // After a time away, whoever could not read is told to try again.
      this._notice(row, back ? undefined : before.get(row.id), first);
    }
    this._settle();
    if (!same || first || this._problem) {
      this._problem = '';
      this._tell();
    }
    this._pace();
  }

  /** A campaign that moved without a hint: the models and listeners hear of it now. */
  private _notice(row: ICampaignRow, before: ICampaignRow | undefined, first: boolean): void {
    if (before && before.seq === row.seq && before.runner_alive === row.runner_alive) {
      return;
    }
    if (!first && before && row.seq > Math.max(before?.seq ?? 0, this._hinted.get(row.id) ?? 0)) {
      this._hearing = false;
    }
    this._moved.emit({ id: row.id, seq: row.seq, alive: row.runner_alive });
    const model = this._models.get(row.id);
    const alive = model?.campaign?.runner_alive;
    if (model && (model.seq !== row.seq || model.problem || alive !== row.runner_alive)) {
      void model.refresh();
    }
  }

  /** Keeps a sensible campaign chosen: one that waits or runs, until a person chooses. */
  private _settle(): void {
    const known = this._campaigns.some(row => row.id === this._current);
    if (known && (this._chosen || this._current !== null)) {
      return;
    }
    const byNeed =
      this._campaigns.find(row => row.pending.length > 0) ??
      this._campaigns.find(row => row.runner_alive) ??
      this._campaigns[0];
    this._current = byNeed?.id ?? null;
  }

  private _say(problem: string): void {
    if (problem !== this._problem) {
      this._problem = problem;
      this._tell();
    }
  }

  private _tell(): void {
    this._version += 1;
    this._changed.emit();
  }

  private _pace(): void {
    const interval = this._hearing ? Math.max(CALM, this._busy) : this._busy;
    if (!this._disposed && interval !== this._poll.frequency.interval) {
      const max = Math.max(LONGEST, interval);
      this._poll.frequency = { ...this._poll.frequency, interval, max };
    }
  }

  private _busy: number;
  private _campaigns: ICampaignRow[] = [];
  private _current: string | null = null;
  private _chosen = false;
  private _disposed = false;
  private _hearing = false;
  private _problem = '';
  private _ready = false;
  private _selected: string | null = null;
  private _version = 0;
  private readonly _folders = new Map<string, string>();
  private readonly _hinted = new Map<string, number>();
  private readonly _models = new Map<string, CampaignModel>();
  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _story = new Signal<this, IStoryEvent>(this);
  private readonly _moved = new Signal<this, IHint>(this);
}

/** Options of the store. */
export namespace CampaignStore {
  /** How it asks. */
  export interface IOptions {
    /** Milliseconds between polls while no hints come in. */
    interval?: number;
    /** Whether to poll on its own. */
    auto?: boolean;
    /** When a poll may rest. */
    standby?: Poll.Standby;
  }
}
