/**
 * One campaign as the client holds it: merged from a snapshot and the deltas since.
 *
 * Holds no rules of the domain. A delta that does not continue what is held is a gap, and a gap
 * is answered by reading everything again.
 */

import { ISignal, Signal } from '@lumino/signaling';
import { IApi } from '../api/client';
import { ICampaign, ICampaignView, INode } from '../api/documents';
import { errorText } from '../api/errors';
import { OutlookModel } from './outlook';
import { ThinkingModel } from './thinking';

/** What changed: the touched trials, or everything. */
export interface ICampaignChange {
  full: boolean;
  trials: string[];
  seq: number;
}

/** A campaign, its nodes by id, and a signal when they change. */
export interface ICampaignModel {
  readonly id: string;
  readonly seq: number;
  readonly campaign: ICampaign | null;
  readonly nodes: ReadonlyMap<string, INode>;
  /** Why the last reading failed; "" when it did not. */
  readonly problem: string;
  /** Grows with each change: what a view that re-renders on changes compares. */
  readonly version: number;
  readonly changed: ISignal<ICampaignModel, ICampaignChange>;
  /** What is done at this moment: the agent's call, and what running trials do. */
  readonly thinking: ThinkingModel;
  /** What the search believes and would do next. */
  readonly outlook: OutlookModel;
  /** Reads what is new; calls while one is under way share its end. */
  refresh(): Promise<void>;
}

/** Reads and merges a campaign. */
export class CampaignModel implements ICampaignModel {
  constructor(
    readonly id: string,
    private readonly _api: IApi
  ) {
    this.thinking = new ThinkingModel(id, _api, alive => this._onRunner(alive));
    this.outlook = new OutlookModel(id, _api);
  }

  readonly thinking: ThinkingModel;
  readonly outlook: OutlookModel;

  get seq(): number {
    return this._seq;
  }

  get campaign(): ICampaign | null {
    return this._campaign;
  }

  get nodes(): ReadonlyMap<string, INode> {
    return this._nodes;
  }

  get problem(): string {
    return this._problem;
  }

  get version(): number {
    return this._version;
  }

  get changed(): ISignal<ICampaignModel, ICampaignChange> {
    return this._changed;
  }

  refresh(): Promise<void> {
    if (this._reading) {
      this._again = true;
      return this._reading;
    }
    this._reading = this._read().finally(() => {
      this._reading = null;
    });
    return this._reading;
  }

  /** A hint that the campaign is at `seq` now, and whether its runner is there. */
  async hint(seq: number, alive = this._campaign?.runner_alive): Promise<void> {
    if (seq !== this._seq || alive !== this._campaign?.runner_alive) {
      await this.refresh();
    }
  }

  /** Takes in a view; returns whether it fitted what is held. */
  merge(view: ICampaignView, since: number): boolean {
    if (!view.full && (since !== this._seq || view.seq < since)) {
      return false;
    }
    const same = view.seq === this._seq && view.nodes.length === 0;
    const wasAlive = this._campaign?.runner_alive;
    const wasAway = this._problem !== '';
    this._seq = view.seq;
    this._campaign = view.campaign;
    this._problem = '';
    if (view.full) {
      this._nodes = new Map(view.nodes.map(node => [node.trial, node]));
    } else if (view.nodes.length > 0) {
      this._nodes = new Map(this._nodes);
      for (const node of view.nodes) {
        this._nodes.set(node.trial, node);
      }
    }
    if (!same || wasAway || view.full || wasAlive !== view.campaign.runner_alive) {
      const trials = view.nodes.map(node => node.trial);
      this._tell({ full: view.full, trials, seq: view.seq });
      this.outlook.moved(this._nodes.values());
    }
    return true;
  }

  private _onRunner(alive: boolean): void {
    if (this._campaign && this._campaign.runner_alive !== alive) {
      void this.refresh();
    }
  }

  private async _read(): Promise<void> {
    do {
      this._again = false;
      try {
        const since = this._seq;
        const fits = this.merge(await this._api.campaign(this.id, since), since);
        if (!fits) {
          this.merge(await this._api.campaign(this.id, 0), 0);
        }
      } catch (error) {
        this._fail(errorText(error));
      }
    } while (this._again);
  }

  private _fail(problem: string): void {
    if (problem !== this._problem) {
      this._problem = problem;
      this._tell({ full: false, trials: [], seq: this._seq });
    }
  }

  private _tell(change: ICampaignChange): void {
    this._version += 1;
    this._changed.emit(change);
  }

  private _seq = 0;
  private _version = 0;
  private _campaign: ICampaign | null = null;
  private _nodes: ReadonlyMap<string, INode> & Map<string, INode> = new Map();
  private _problem = '';
  private _reading: Promise<void> | null = null;
  private _again = false;
  private readonly _changed = new Signal<this, ICampaignChange>(this);
}
