/**
 * A campaign that a person is about to begin: the form, and how far its making has come.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IApi } from '../api/client';
import { IDraftLeft, IMaking, IStart } from '../api/documents';
import { ApiError, errorText, toldError } from '../api/errors';
import { Changing } from '../store/changing';
import {
  FieldName,
  IForm,
  Wrong,
  bodyOf,
  brought,
  check,
  commandOf,
  fieldOf,
  firstForm
} from './form';
import { OwnFiles } from './own';
import { OWN, taskCommand } from './own_form';
import { TaskFromWords, WORDS } from './words';

/** How often the server is asked how far it is, in milliseconds. */
const LOOK = 500;

/** The state of the dialog. */
export class NewCampaign extends Changing {
  constructor(
    private readonly _api: IApi,
    readonly start: IStart,
    private readonly _trans: TranslationBundle,
    options: { review?: string; look?: number; file?: string } = {}
  ) {
    super();
    this._form = firstForm(start, options.review);
    this._look = options.look ?? LOOK;
    this.own = new OwnFiles(_api, _trans, options.file, options.look);
    this.own.changed.connect(() => this.tell()); // the command is of both
    this.words = new TaskFromWords(_api, _trans, options.file, options.look, start.drafts);
    this.words.changed.connect(() => this.tell());
    if (options.file !== undefined) {
      this.set('task', OWN);
    }
  }

  /** Files of a person's own, where these are the task. */
  readonly own: OwnFiles;

  /** A task from words, where that is the task. */
  readonly words: TaskFromWords;

  get form(): IForm {
    return this._form;
  }

  /** What is wrong by field: told once a person has tried to start, then kept up to date. */
  get wrong(): Wrong {
    const own = this._tried ? check(this._form, this.start, this._trans) : {};
    return { ...this._refused, ...own };
  }

  /** What is wrong with the whole; "" where nothing is. */
  get problem(): string {
    return this._problem;
  }

  /** The campaign that is being made; null while none is. */
  get making(): IMaking | null {
    return this._making;
  }

  /** Whether it is being made. */
  get busy(): boolean {
    return this._busy;
  }

  /** Whether the server is at work for the dialog: on the campaign, or on a draft of its task. */
  get working(): boolean {
    return this._busy || this.words.busy;
  }

  /** Takes in a field. A task brings its budget and folder, but for what a person has typed. */
  set<K extends FieldName>(field: K, value: IForm[K]): void {
    this._typed.add(field);
    this._form = { ...this._form, [field]: value };
    delete this._refused[field];
    this._problem = '';
    if (field === 'task') {
      const usual = brought(this._form, this.start);
      const fresh = Object.entries(usual).filter(([name]) => !this._typed.has(name));
      this._form = { ...this._form, ...Object.fromEntries(fresh) };
    }
    if (field === 'task' && value === OWN) {
      this.own.look(this._form.validation);
    }
    if (field === 'validation' && this._form.task === OWN) {
      this.own.look(this._form.validation);
    }
    if (field === 'model') {
      this._form = { ...this._form, fetch: false };
    }
    this.tell();
  }

  /** Goes on with a draft of a task that was begun before. */
  async goOn(left: IDraftLeft): Promise<void> {
    this.set('task', WORDS);
    await this.words.goOn(left);
  }

  /** Has the campaign made; gives its id, or null where something is wrong or it is cancelled. */
  async begin(): Promise<string | null> {
    if (this._busy) {
      return null;
    }
    this._tried = true;
    this._refused = {};
    this._problem = '';
    const sound = this._form.task !== OWN || this.own.tried();
    if (this._form.task === WORDS && !this.words.task) {
      this.words.refuse();
      return null;
    }
    if (!sound || Object.keys(this.wrong).length > 0) {
      this.tell();
      return null;
    }
    this._busy = true;
    this.tell();
    try {
      return await this._make();
    } catch (error) {
      this._refuse(error);
      return null;
    } finally {
      this._busy = false;
      this._making = null;
      this.tell();
    }
  }

  /** The command that does what the form does. */
  get command(): string {
    if (this._form.task === WORDS) {
      const init = commandOf(this._form, this.start, `tasks/${this.words.form.name.trim()}`);
      return [...this.words.commands, init].join(' && ');
    }
    if (this._form.task !== OWN) {
      return commandOf(this._form, this.start);
    }
    const { form } = this.own;
    const init = commandOf(this._form, this.start, `tasks/${form.name.trim()}`);
    return `${taskCommand(form)} && ${init}`;
  }

  /** Ends what the server does. */
  async cancel(): Promise<void> {
    if (this.words.busy) {
      return this.words.cancel();
    }
    this._cancelled = true;
    if (this._making) {
      await this._api.cancelMaking(this._making.id);
    }
  }

  private async _make(): Promise<string | null> {
    this._cancelled = false;
    const own = this._form.task === OWN;
    const drafted = this._form.task === WORDS ? this.words.task : this._form.task;
    const task = own ? await this.own.make() : drafted;
    let making = await this._api.create(bodyOf(this._form, this.start, task));
    while (making.phase === 'fetching' || making.phase === 'making') {
      this._making = making;
      this.tell();
      if (this._cancelled) {
        await this._api.cancelMaking(making.id);
      } else {
        await new Promise(done => setTimeout(done, this._look));
      }
      making = await this._api.making(making.id);
    }
    if (making.phase === 'cancelled') {
      this._problem = this._trans.__('Cancelled. What was fetched is kept, and gone on with.');
    }
    if (making.error) {
      throw toldError(making.error);
    }
    return making.campaign;
  }

  /** Puts a refusal beside the field it is about, else below all of them. */
  private _refuse(error: unknown): void {
    if (this._form.task === OWN && this.own.refuse(error)) {
      return;
    }
    const field = error instanceof ApiError ? fieldOf(error.where) : undefined;
    if (error instanceof ApiError && field) {
      const { status, message, whatToDo } = error;
      this._refused = { [field]: new ApiError(status, message, '', whatToDo).text };
    } else {
      this._problem = errorText(error);
    }
  }

  private _busy = false;
  private _cancelled = false;
  private _form: IForm;
  private readonly _look: number;
  private _making: IMaking | null = null;
  private _problem = '';
  private _refused: Wrong = {};
  private _tried = false;
  private readonly _typed = new Set<string>();
}
