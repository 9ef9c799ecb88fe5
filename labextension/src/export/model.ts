/**
 * An export that a person wants: the form, and how far its making has come.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { IExporting } from '../api/documents';
import { errorText } from '../api/errors';
import { Acting } from '../store/acting';
import { ICampaignStore } from '../store/store';
import { FIRST, IExportForm, bodyOf, wrongBound } from './form';

/** The state of the dialog. */
export class NewExport extends Acting<IExporting> {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string,
    readonly folder: string,
    private readonly _trans: TranslationBundle,
    look?: number
  ) {
    super(look);
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
    return this._act;
  }

  get ready(): boolean {
    return !this.busy;
  }

  /** Whether the last one was made and does not behave as scored: only then force is offered. */
  get refused(): boolean {
    return this._act?.error?.what_to_do.includes('--force') === true;
  }

  set(change: Partial<IExportForm>): void {
    const fresh = change.force === undefined ? { force: '' } : {};
    this._form = { ...this._form, ...fresh, ...change };
    this._problem = '';
    if (change.force === undefined) {
      this._act = null;
    }
    this.tell();
  }

  /** Has the export made; ends when it is there, or is not. */
  async begin(): Promise<void> {
    if (this.busy || this.wrong) {
      return;
    }
    const body = bodyOf(this._form);
    this._act = null;
    if (body) {
      await this._follow(() => this._store.api.beginExport(this.campaign, this.trial, body));
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
    if (this._act?.export) {
      this._cardAsked.emit(this._act.export.path);
    }
  }

  async cancel(): Promise<void> {
    await this._store.api.cancelExport(this.campaign, this.trial);
  }

  protected _ask(): Promise<IExporting | null> {
    return this._store.api.exporting(this.campaign, this.trial);
  }

  protected _underWay(found: IExporting): boolean {
    return found.phase === 'exporting';
  }

  private readonly _cardAsked = new Signal<NewExport, string>(this);
  private _form = FIRST;
  private _copied = false;
}
