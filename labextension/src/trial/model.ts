/**
 * A trial's page: its document, its curve and its parent's, read again when the campaign moves.
 */

import { ITrialPage } from '../api/documents';
import { errorText } from '../api/errors';
import { ChangingUntilDisposed } from '../store/changing';
import { ICampaignStore, IHint } from '../store/store';

/** The state of one trial page. */
export class TrialPageModel extends ChangingUntilDisposed {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string
  ) {
    super();
    _store.moved.connect(this._onMoved, this);
  }

  get page(): ITrialPage | null {
    return this._page;
  }

  get problem(): string {
    return this._problem;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._store.moved.disconnect(this._onMoved, this);
      super.dispose();
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
    this.tell();
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

  private _page: ITrialPage | null = null;
  private _problem = '';
}
