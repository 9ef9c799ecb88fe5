/**
 * A training curve as it grows: read on from where the last reading ended.
 */

import { IApi } from '../api/client';
import { IMetricsRow } from '../api/documents';

/** Rows of a curve that are kept for drawing, the last ones. */
const MOST_ROWS = 20_000;

/** The curve of one trial. */
export class CurveReader {
  constructor(
    private readonly _api: IApi,
    private readonly _campaign: string,
    private readonly _trial: string
  ) {}

  /** What was read so far, oldest first. */
  get rows(): readonly IMetricsRow[] {
    return this._rows;
  }

  /** Reads what is new, while `wanted` says so; calls while one is under way share its end. */
  read(wanted: () => boolean = () => true): Promise<void> {
    this._reading ??= this._read(wanted).finally(() => {
      this._reading = null;
    });
    return this._reading;
  }

  private async _read(wanted: () => boolean): Promise<void> {
    let more = true;
    while (more && wanted()) {
      const part = await this._api.metrics(this._campaign, this._trial, this._next);
      // A file that became shorter is that of a new training.
      const before = part.next < this._next ? [] : this._rows;
      this._rows = [...before, ...part.rows].slice(-MOST_ROWS);
      more = part.truncated && part.next !== this._next;
      this._next = part.next;
    }
  }

  private _rows: readonly IMetricsRow[] = [];
  private _next = 0;
  private _reading: Promise<void> | null = null;
}
