/**
 * A trial's page: its document, its curve and its parent's, read again when the campaign moves.
 */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { IMetricsRow, ITrialPage } from '../api/documents';
import { errorText } from '../api/errors';
import { ICampaignStore, IHint } from '../store/store';

/** The state of one trial page. */
export class TrialPageModel implements IDisposable {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string
  ) {
    _store.moved.connect(this._onMoved, this);
  }

  get page(): ITrialPage | null {
    return this._page;
  }

  get problem(): string {
    return this._problem;
  }

  get version(): number {
    return this._version;
  }

  get changed(): ISignal<TrialPageModel, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._store.moved.disconnect(this._onMoved, this);
      Signal.clearData(this);
    }
  }

  /** Reads the document. */
  async load(): Promise<void> {
    try {
      this._page = await this._store.api.trial(this.campaign, this.trial);
      this._problem = '';
    } catch (error) {
      this._problem = errorText(error);
    }
    this._tell();
  }

  /** All rows of a trial's curve. */
  async curve(trial: string): Promise<IMetricsRow[]> {
    const rows: IMetricsRow[] = [];
    let after = 0;
    for (;;) {
      const part = await this._store.api.metrics(this.campaign, trial, after);
      rows.push(...part.rows);
      if (!part.truncated || part.next <= after) {
        return rows;
      }
      after = part.next;
    }
  }

  /** A part of what the cells printed. */
  log(after: number): ReturnType<ICampaignStore['api']['log']> {
    return this._store.api.log(this.campaign, this.trial, after);
  }

  private _onMoved(_: ICampaignStore, hint: IHint): void {
    if (hint.id === this.campaign && hint.seq !== this._page?.seq) {
      void this.load();
    }
  }

  private _tell(): void {
    if (!this._disposed) {
      this._version += 1;
      this._changed.emit();
    }
  }

  private _page: ITrialPage | null = null;
  private _problem = '';
  private _version = 0;
  private _disposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
