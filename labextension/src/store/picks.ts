/**
 * The trials that a person has picked in the tree, to see or to compare them together.
 */

import { Changing } from './changing';

const NONE: readonly string[] = [];

/** Picks of one campaign at a time. */
export class Picks extends Changing {
  /** The picked trials of a campaign, in the order they were picked. */
  of(campaign: string): readonly string[] {
    return campaign === this._campaign ? this._trials : NONE;
  }

  /** Picks a trial, or lets go of it. */
  toggle(campaign: string, trial: string): void {
    const known = this.of(campaign);
    this._campaign = campaign;
    this._trials = known.includes(trial)
      ? known.filter(other => other !== trial)
      : [...known, trial];
    this.tell();
  }

  /** Lets go of all. */
  clear(): void {
    this._trials = NONE;
    this.tell();
  }

  private _campaign = '';
  private _trials: readonly string[] = NONE;
}
