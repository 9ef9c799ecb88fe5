/**
 * The training rows of a trial: a filter, and the pages of rows that were in sight so far.
 */

import { IRowFilter } from '../api/client';
import { IRowsPage, IShownRow, ITokenisedRow } from '../api/documents';
import { errorText } from '../api/errors';
import { ChangingUntilDisposed } from '../store/changing';
import { ICampaignStore } from '../store/store';

/** Rows of a page, as the server gives them. */
export const PAGE = 50;
/** How long nothing is typed before the rows are asked for, in milliseconds. */
const REST = 300;
/** Pages that are kept; those seen longest ago are forgotten. */
const KEPT = 40;

/** The state of the browser of rows. */
export class RowsModel extends ChangingUntilDisposed {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string,
    private readonly _rest = REST
  ) {
    super();
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    super.dispose();
  }

  get filter(): IRowFilter {
    return this._filter;
  }

  /** What the last page told of all of them; null before there is one. */
  get head(): IRowsPage | null {
    return this._head;
  }

  get problem(): string {
    return this._problem;
  }

  /** The place of the chosen row among those found; −1 for none. */
  get chosen(): number {
    return this._chosen;
  }

  /** The row at a place among those found; null where it is not here yet. */
  at(place: number): IShownRow | null {
    return this._pages.get(Math.floor(place / PAGE))?.[place % PAGE] ?? null;
  }

  /** A row as tokens; null where these were not asked for, or are on their way. */
  tokens(row: number): ITokenisedRow | null {
    return this._tokens.get(row) ?? null;
  }

  /** Whether the tokens of a row are on their way. */
  tokenising(row: number): boolean {
    return this._tokenising === row;
  }

  /** Changes the filter; rows are asked for once nothing is typed any more. */
  set(change: Partial<IRowFilter>): void {
    this._filter = { ...this._filter, ...change };
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.load(), this._rest);
    this.tell();
  }

  /** Reads the first page anew. */
  async load(): Promise<void> {
    this._asked += 1;
    this._pages.clear();
    this._coming.clear();
    this._chosen = -1;
    await this._read(0);
  }

  /** Asks for what is missing of some places among those found. */
  need(first: number, last: number): void {
    const found = this._head?.found ?? 0;
    const end = Math.min(last, found) - 1;
    for (let page = Math.floor(first / PAGE); page <= Math.floor(end / PAGE); page += 1) {
      if (page >= 0 && !this._pages.has(page) && !this._coming.has(page)) {
        void this._read(page);
      }
    }
  }

  choose(place: number): void {
    const found = this._head?.found ?? 0;
    this._chosen = Math.min(Math.max(place, 0), found - 1);
    this.tell();
  }

  /** Asks for a row's tokens. */
  async tokenise(row: number): Promise<void> {
    if (this._tokenising !== null || this._tokens.has(row)) {
      return;
    }
    this._tokenising = row;
    this.tell();
    try {
      const found = await this._store.api.tokens(this.campaign, this.trial, [row]);
      found.rows.forEach(each => this._tokens.set(each.row, each));
      this._problem = '';
    } catch (error) {
      this._problem = errorText(error);
    }
    this._tokenising = null;
    this.tell();
  }

  private async _read(page: number): Promise<void> {
    const asked = this._asked;
    this._coming.add(page);
    try {
      const start = page * PAGE;
      const { api } = this._store;
      const found = await api.rows(this.campaign, this.trial, start, this._filter);
      if (asked !== this._asked) {
        return; // the filter is another one by now
      }
      this._head = found;
      this._pages.set(page, found.rows);
      const [oldest] = this._pages.keys();
      if (this._pages.size > KEPT) {
        this._pages.delete(oldest);
      }
      this._problem = '';
    } catch (error) {
      if (asked === this._asked) {
        this._problem = errorText(error);
      }
    }
    this._coming.delete(page);
    this.tell();
  }

  private _filter: IRowFilter = { text: '', source: '' };
  private _head: IRowsPage | null = null;
  private _problem = '';
  private _chosen = -1;
  private _asked = 0;
  private _timer = 0;
  private _tokenising: number | null = null;
  private readonly _pages = new Map<number, IShownRow[]>();
  private readonly _coming = new Set<number>();
  private readonly _tokens = new Map<number, ITokenisedRow>();
}
