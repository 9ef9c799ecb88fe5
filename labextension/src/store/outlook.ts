/**
 * What the search believes of a campaign's trials and would do next. Read while somebody looks,
 * once for all who do, and again only when a trial came, ended or got a score.
 */

import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { IApi } from '../api/client';
import { IBelieved, INode, IWhatIf } from '../api/documents';
import { errorText } from '../api/errors';

/** The outlook of one campaign. */
export class OutlookModel {
  constructor(
    private readonly _id: string,
    private readonly _api: IApi
  ) {}

  /** The outlook; null while it was not read. */
  get outlook(): IWhatIf | null {
    return this._outlook;
  }

  /** Why it cannot be read; "" when it can. */
  get problem(): string {
    return this._problem;
  }

  /** What is believed of a trial; null where it has no score. */
  belief(trial: string): IBelieved | null {
    return this._beliefs.get(trial) ?? null;
  }

  get version(): number {
    return this._version;
  }

  get changed(): ISignal<OutlookModel, void> {
    return this._changed;
  }

  /** Looks until what is returned is disposed. */
  watch(): IDisposable {
    this._watchers += 1;
    void this._read();
    return new DisposableDelegate(() => {
      this._watchers -= 1;
    });
  }

  /** The trials as they are now: what it rests on. */
  moved(nodes: Iterable<INode>): void {
    let wanted = '';
    for (const node of nodes) {
      wanted += `${node.trial} ${node.status} ${node.score ?? ''};`;
    }
    this._wanted = wanted;
    void this._read();
  }

  private async _read(): Promise<void> {
    while (this._watchers > 0 && !this._reading && this._wanted !== this._known) {
      const wanted = this._wanted;
      this._reading = true;
      try {
        this._take(await this._api.whatIf(this._id), '');
      } catch (error) {
        this._take(this._outlook, errorText(error));
      } finally {
        this._reading = false;
      }
      this._known = wanted;
    }
  }

  private _take(outlook: IWhatIf | null, problem: string): void {
    this._outlook = outlook;
    this._problem = problem;
    this._beliefs = new Map((outlook?.beliefs ?? []).map(each => [each.trial, each]));
    this._version += 1;
    this._changed.emit();
  }

  private _outlook: IWhatIf | null = null;
  private _problem = '';
  private _beliefs = new Map<string, IBelieved>();
  private _known = '';
  private _wanted = '';
  private _reading = false;
  private _watchers = 0;
  private _version = 0;
  private readonly _changed = new Signal<this, void>(this);
}
