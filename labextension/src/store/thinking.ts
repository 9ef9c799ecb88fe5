/**
 * What is done at this moment: the agent's call and what running trials do. Asked for while somebody
 * looks, once for all who do.
 */

import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { IApi } from '../api/client';
import { INow, IProgress, IThinking } from '../api/documents';
import { Changing } from './changing';

/** How often it is asked for, in milliseconds. */
const EVERY = 1000;

/** The present of one campaign. */
export class ThinkingModel extends Changing {
  constructor(
    private readonly _id: string,
    private readonly _api: IApi,
    private readonly _onRunner: (alive: boolean) => void = () => undefined
  ) {
    super();
  }

  /** The call; null while none is made, or nobody looks. */
  get thinking(): IThinking | null {
    return this._now?.thinking ?? null;
  }

  /** What a running trial does; null while nobody knows. */
  doing(trial: string): IProgress | null {
    return this._now?.running.find(each => each.trial === trial)?.progress ?? null;
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
    const now = await this._api.thinking(this._id);
    this._take(this._watchers > 0 ? now : null);
    this._onRunner(now.runner_alive);
  }

  private _take(now: INow | null): void {
    if (JSON.stringify(now) !== JSON.stringify(this._now)) {
      this._now = now;
      this.tell();
    }
  }

  private _now: INow | null = null;
  private _watchers = 0;
  private _poll: Poll | null = null;
}
