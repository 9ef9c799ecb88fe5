/**
 * Files of a person's own on their way to a task: what is typed, and what the server sees in them.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IApi } from '../api/client';
import { IOwnLook } from '../api/documents';
import { ApiError, errorText } from '../api/errors';
import { Changing } from '../store/changing';
import { IOwnForm, OwnField, checkOwn, filesBody, firstOwn, nameOf } from './own_form';

/** How long nothing is typed before the files are looked at, in milliseconds. */
const REST = 500;

/** The state of own files. */
export class OwnFiles extends Changing {
  constructor(
    private readonly _api: IApi,
    private readonly _trans: TranslationBundle,
    file?: string,
    private readonly _rest = REST
  ) {
    super();
    this._form = firstOwn(file);
    this._named = false;
  }

  get form(): IOwnForm {
    return this._form;
  }

  /** What the server sees in the files; null before it has looked. */
  get seen(): IOwnLook | null {
    return this._seen;
  }

  /** Whether the server is looking. */
  get looking(): boolean {
    return this._looking;
  }

  /** Why it could not look. */
  get problem(): string {
    return this._problem;
  }

  /** What is wrong by field, once a person has tried to start. */
  get wrong(): { [field in OwnField]?: string } {
    return { ...this._refused, ...(this._tried ? checkOwn(this._form, this._trans) : {}) };
  }

  /** Takes in fields; the task is named after its files until a person names it. */
  set(change: Partial<IOwnForm>): void {
    this._named ||= change.name !== undefined;
    this._form = { ...this._form, ...change };
    const file = this._form.evaluation || this._form.train.split(',')[0];
    if (!this._named) {
      this._form = { ...this._form, name: nameOf(file) || nameOf(this._form.train) };
    }
    this._refused = {};
    this._made = null;
    this.look(this._items);
  }

  /** Looks at the files, once nothing was typed for a while. */
  look(items: string): void {
    this._items = items;
    window.clearTimeout(this._timer);
    if (filesBody(this._form, items).train.length > 0) {
      this._timer = window.setTimeout(() => void this._look(), this._rest);
    }
    this.tell();
  }

  /** Notes that a person wants to start; whether nothing is wrong with the fields. */
  tried(): boolean {
    this._tried = true;
    this.tell();
    return Object.keys(this.wrong).length === 0;
  }

  /** Makes the task, once for the same fields; gives its key. */
  async make(): Promise<string> {
    this._made ??= await this._api.makeTask(filesBody(this._form, ''));
    return this._made;
  }

  /** Puts a refusal beside its field; whether it is about one. */
  refuse(error: unknown): boolean {
    const field = error instanceof ApiError ? error.where : '';
    if (!(error instanceof ApiError) || !(field in this._form)) {
      return false;
    }
    const text = new ApiError(error.status, error.message, '', error.whatToDo).text;
    this._refused = { [field]: text };
    this.tell();
    return true;
  }

  private async _look(): Promise<void> {
    const asked = (this._asked += 1);
    this._looking = true;
    this.tell();
    let seen: IOwnLook | null = null;
    let problem = '';
    try {
      const name = /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(this._form.name) ? {} : { name: 'own' };
      seen = await this._api.lookAtFiles({ ...filesBody(this._form, this._items), ...name });
    } catch (error) {
      problem = errorText(error);
    }
    if (asked === this._asked) {
      this._seen = seen ?? this._seen;
      this._problem = problem;
      this._looking = false;
      this.tell();
    }
  }

  private _asked = 0;
  private _form: IOwnForm;
  private _items = '';
  private _looking = false;
  private _made: string | null = null;
  private _named: boolean;
  private _problem = '';
  private _refused: { [field in OwnField]?: string } = {};
  private _seen: IOwnLook | null = null;
  private _timer = 0;
  private _tried = false;
}
