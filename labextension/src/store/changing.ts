/**
 * What views follow: a signal that something changed, and a version that grows each time.
 */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

/** The base of models. */
export abstract class Changing {
  /** Grows with each change: what a view that re-renders on changes compares. */
  get version(): number {
    return this._version;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Says that something changed. */
  protected tell(): void {
    this._version += 1;
    this._changed.emit();
  }

  private _version = 0;
  private readonly _changed = new Signal<this, void>(this);
}

/** The base of models that hold something. Who was disposed of tells nothing any more. */
export abstract class ChangingUntilDisposed extends Changing implements IDisposable {
  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  protected tell(): void {
    if (!this._disposed) {
      super.tell();
    }
  }

  private _disposed = false;
}
