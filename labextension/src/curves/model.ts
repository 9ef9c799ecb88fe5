/**
 * Curves of several trials of a campaign, one over the other, as they grow.
 */

import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { IMetricsRow, INode } from '../api/documents';
import { errorText } from '../api/errors';
import { ChangingUntilDisposed } from '../store/changing';
import { CurveReader } from '../store/curve';
import { ICampaignStore, IHint } from '../store/store';
import { ICurveSettings, USUAL } from './series';

/** Curves that are told apart in one plot. */
export const MOST = 8;
/** How often the curves of running trials are read, in milliseconds. */
const RUNNING = 2000;

/** Which curves are drawn, how, and their rows so far. */
export class CurvesModel extends ChangingUntilDisposed {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    trials: readonly string[],
    /** A trial that is drawn grey, behind the others. */
    readonly behind: string | null = null
  ) {
    super();
    this._trials = trials.slice(0, MOST);
    this._poll = new Poll({
      name: 'ftassist:curves',
      factory: () => this._look(),
      frequency: { interval: RUNNING, backoff: true, max: 60_000 },
      standby: 'when-hidden',
      auto: false
    });
    _store.moved.connect(this._onMoved, this);
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._store.moved.disconnect(this._onMoved, this);
      this._poll.dispose();
      super.dispose();
    }
  }

  /** The trials whose curves are drawn, in the order they were chosen. */
  get trials(): readonly string[] {
    return this._trials;
  }

  get settings(): ICurveSettings {
    return this._settings;
  }

  /** Why the last reading failed; "" when it did not. */
  get problem(): string {
    return this._problem;
  }

  /** Whether all curves were read at least once. */
  get ready(): boolean {
    return this._ready;
  }

  /** Whether another curve has room. */
  get room(): boolean {
    return this._trials.length < MOST;
  }

  /** The rows of a trial's curve so far. */
  rows(trial: string): readonly IMetricsRow[] {
    return this._readers.get(trial)?.rows ?? [];
  }

  /** Trials that could be drawn, too: those that ever started, the newest first. */
  others(most: number): INode[] {
    return [...this._store.model(this.campaign).nodes.values()]
      .filter(node => node.attempts > 0 && !this._trials.includes(node.trial))
      .reverse()
      .slice(0, most);
  }

  set(change: Partial<ICurveSettings>): void {
    this._settings = { ...this._settings, ...change };
    this.tell();
  }

  /** Draws these trials. */
  choose(trials: readonly string[]): void {
    this._trials = [...new Set(trials)].slice(0, MOST);
    this.tell();
    void this.read();
  }

  add(trial: string): void {
    this.choose([...this._trials, trial]);
  }

  remove(trial: string): void {
    this.choose(this._trials.filter(known => known !== trial));
  }

  /** Reads the curves once, and goes on while one of the trials runs, until what is returned is disposed. */
  watch(): IDisposable {
    this._watchers += 1;
    void this.read();
    return new DisposableDelegate(() => {
      this._watchers -= 1;
      this._pace();
    });
  }

  /** Reads what is new in all curves. */
  async read(): Promise<void> {
    try {
      await this._look();
    } catch {
      // What is wrong is told by `problem`; the next move of the campaign reads again.
    }
  }

  private async _look(): Promise<void> {
    const wanted = (): boolean => !this.isDisposed && this._watchers > 0;
    if (!wanted()) {
      return;
    }
    try {
      await Promise.all(this._trials.map(trial => this._reader(trial).read(wanted)));
      this._problem = '';
      this._ready = true;
    } catch (error) {
      this._problem = errorText(error);
      throw error;
    } finally {
      this._pace();
      this.tell();
    }
  }

  private _reader(trial: string): CurveReader {
    let reader = this._readers.get(trial);
    if (!reader) {
      reader = new CurveReader(this._store.api, this.campaign, trial);
      this._readers.set(trial, reader);
    }
    return reader;
  }

  /** Polls while somebody looks at a trial that runs; otherwise the campaign's moves are enough. */
  private _pace(): void {
    const { nodes } = this._store.model(this.campaign);
    const runs = this._trials.some(trial => nodes.get(trial)?.status === 'running');
    const wanted = runs && this._watchers > 0;
    if (!this.isDisposed && wanted !== this._polls) {
      this._polls = wanted;
      void (wanted ? this._poll.start() : this._poll.stop());
    }
  }

  private _onMoved(_: ICampaignStore, hint: IHint): void {
    if (hint.id === this.campaign && this._watchers > 0) {
      void this.read();
    }
  }

  private _trials: readonly string[];
  private _settings = USUAL;
  private _problem = '';
  private _ready = false;
  private _polls = false;
  private _watchers = 0;
  private readonly _readers = new Map<string, CurveReader>();
  private readonly _poll: Poll;
}
