/**
 * An export that a person wants: the form, and how far its making has come.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { IExporting } from '../api/documents';
import { ApiError, errorText } from '../api/errors';
import { Changing } from '../store/changing';
import { ICampaignStore } from '../store/store';
import { FIRST, IExportForm, bodyOf, wrongBound } from './form';

/** How often the server is asked how far it is, in milliseconds. */
const LOOK = 700;

/** The state of the dialog. */
export class NewExport extends Changing {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string,
    readonly folder: string,
    private readonly _trans: TranslationBundle,
    private readonly _look = LOOK
  ) {
    super();
  }

  get form(): IExportForm {
    return this._form;
  }

  /** What is wrong with the bound. */
  get wrong(): string {
    return wrongBound(this._form, this._trans);
  }

  /** The export that is made, or was; null for none. */
  get exporting(): IExporting | null {
    return this._exporting;
  }

  /** Why there is none; "" where there is no reason. */
  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Whether the last one was made and does not behave as scored: only then force is offered. */
  get refused(): boolean {
    return this._exporting?.error?.what_to_do.includes('--force') === true;
  }

  set(change: Partial<IExportForm>): void {
    const fresh = change.force === undefined ? { force: '' } : {};
    this._form = { ...this._form, ...fresh, ...change };
    this._problem = '';
    if (change.force === undefined) {
      this._exporting = null;
    }
    this.tell();
  }

  /** Takes up an export that the server is making already. */
  async takeUp(): Promise<void> {
    const found = await this._store.api.exporting(this.campaign, this.trial);
    if (found?.phase === 'exporting') {
      await this._while(async () => found);
    }
  }

  /** Has the export made; ends when it is there, or is not. */
  async begin(): Promise<void> {
    if (this._busy || this.wrong) {
      return;
    }
    const body = bodyOf(this._form);
    this._exporting = null;
    if (body) {
      await this._while(() => this._store.api.beginExport(this.campaign, this.trial, body));
      return;
    }
    try {
      await this._store.ask(this.campaign, { action: 'export_model', trial: this.trial });
      this._copied = true;
    } catch (error) {
      this._problem = errorText(error);
    }
    this.tell();
  }

  /** Whether a plain copy was asked for, which the runner makes. */
  get copied(): boolean {
    return this._copied;
  }

  /** A person wants to read the model card of what was kept. */
  get cardAsked(): ISignal<NewExport, string> {
    return this._cardAsked;
  }

  askCard(): void {
    if (this._exporting?.export) {
      this._cardAsked.emit(this._exporting.export.path);
    }
  }

  async cancel(): Promise<void> {
    await this._store.api.cancelExport(this.campaign, this.trial);
  }

  /** Nobody looks any more; the export goes on. */
  leave(): void {
    this._left = true;
  }

  private async _while(begin: () => Promise<IExporting>): Promise<void> {
    this._busy = true;
    this._problem = '';
    this.tell();
    try {
      let found: IExporting | null = await begin();
      while (found?.phase === 'exporting' && !this._left) {
        this._exporting = found;
        this.tell();
        await new Promise(done => setTimeout(done, this._look));
        found = await this._store.api.exporting(this.campaign, this.trial);
      }
      this._exporting = found;
      if (found?.error) {
        const { message, where, what_to_do } = found.error;
        this._problem = new ApiError(400, message, where, what_to_do).text;
      }
    } catch (error) {
      this._problem = errorText(error);
    }
    this._busy = false;
    this.tell();
  }

  private readonly _cardAsked = new Signal<NewExport, string>(this);
  private _form = FIRST;
  private _exporting: IExporting | null = null;
  private _problem = '';
  private _busy = false;
  private _copied = false;
  private _left = false;
}
