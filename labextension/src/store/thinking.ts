/**
 * How far the agent's call has come: asked for while somebody looks, once for all who do.
 */

import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { IApi } from '../api/client';
import { IThinking } from '../api/documents';

/** How often it is asked for, in milliseconds. */
const EVERY = 1000;

/** The agent's call of one campaign. */
export class ThinkingModel {
  constructor(
    private readonly _id: string,
    private readonly _api: IApi
  ) {}

  /** The call; null while none is made, or nobody looks. */
  get thinking(): IThinking | null {
    return this._thinking;
  }

  get version(): number {
    return this._version;
  }

  get changed(): ISignal<ThinkingModel, void> {
    return this._changed;
  }

  /** Looks until what is returned is disposed. */
  watch(): IDisposable {
    this._watchers += 1;
    if (this._watchers === 1) {
      this._poll = new Poll({
        name: 'ftassist:thinking',
        factory: () => this.read(),
        frequency: { interval: EVERY, backoff: true, max: 30_000 },
        standby: 'when-hidden'
      });
    }
    return new DisposableDelegate(() => {
      this._watchers -= 1;
      if (this._watchers === 0) {
        this._poll?.dispose();
        this._poll = null;
        this._take(null);
      }
    });
  }

  /** Reads it once. */
  async read(): Promise<void> {
    const { thinking } = await this._api.thinking(this._id);
    this._take(this._watchers > 0 ? thinking : null);
  }

  private _take(thinking: IThinking | null): void {
    if (thinking !== null || this._thinking !== null) {
      this._thinking = thinking;
      this._version += 1;
      this._changed.emit();
    }
  }

  private _thinking: IThinking | null = null;
  private _watchers = 0;
  private _version = 0;
  private _poll: Poll | null = null;
  private readonly _changed = new Signal<this, void>(this);
}
