/**
 * A task from words: a sentence and a file, what a language model drafted of them, and what a
 * person says of that until it is sealed.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IApi } from '../api/client';
import { IDraftLeft, IDrafting, IMadeUpAnswer, ITaskDraft, ITaskDrafting } from '../api/documents';
import { ApiError, errorText, toldError } from '../api/errors';
import { Changing } from '../store/changing';
import { nameOf } from './own_form';
import { quoted } from './quoted';
import { CardField, ICardForm, WrongCard, cardOf, changesOf, checkCard } from './words_form';

/** The task that stands for one from words. */
export const WORDS = 'from words';
/** How often the server is asked how far it is, in milliseconds. */
const LOOK = 500;

/** The fields, as a person typed them. */
export interface IWordsForm {
  file: string;
  wish: string;
  name: string;
  /** The model that drafts, and where it is served; "" for the server's own. */
  model: string;
  address: string;
}

/** The state of a task from words. */
export class TaskFromWords extends Changing {
  constructor(
    private readonly _api: IApi,
    private readonly _trans: TranslationBundle,
    file = '',
    private readonly _look = LOOK,
    private _left: readonly IDraftLeft[] = []
  ) {
    super();
    this._form = { file, wish: '', name: nameOf(file), model: '', address: '' };
  }

  get form(): IWordsForm {
    return this._form;
  }

  /** The draft as it stands; null before there is one. */
  get draft(): ITaskDraft | null {
    return this._draft;
  }

  /** Drafts that were begun before and not sealed, while none is in hand. */
  get left(): readonly IDraftLeft[] {
    return this._draft || this._busy || this._task ? [] : this._left;
  }

  /** Whether the server works on it. */
  get busy(): boolean {
    return this._busy;
  }

  /** How far the server is; null while it does nothing, or has not answered. */
  get drafting(): IDrafting | null {
    return this._drafting;
  }

  /** The card of the draft as a person edits it; null before there is a draft. */
  get card(): ICardForm | null {
    return this._card;
  }

  /** Whether the card was changed and not tried yet. */
  get edited(): boolean {
    return this._draft !== null && Object.keys(this._changes()).length > 0;
  }

  /** What is wrong with the card, by field. */
  get wrong(): WrongCard {
    return { ...this._refused, ...(this._card ? checkCard(this._card, this._trans) : {}) };
  }

  /** Why something was not done. */
  get problem(): string {
    return this._problem;
  }

  /** The key of the task, once the draft is sealed; "" before. */
  get task(): string {
    return this._task;
  }

  /** The commands that do what was done, and what is left to do. */
  get commands(): string[] {
    const done = this._done.length > 0 ? this._done : [this._command(this._begin())];
    return this._task ? done : [...done, this._command({ act: 'seal' })];
  }

  /** Takes in fields; the task is named after its file until a person names it. */
  set(change: Partial<IWordsForm>): void {
    this._named ||= change.name !== undefined;
    this._form = { ...this._form, ...change };
    if (!this._named) {
      this._form = { ...this._form, name: nameOf(this._form.file) };
    }
    this.tell();
  }

  /** Has it drafted. */
  begin(): Promise<void> {
    return this._act(this._begin());
  }

  /** Goes on with a draft that was begun before: with what is done to it now, or as it stands. */
  async goOn(left: IDraftLeft): Promise<void> {
    this._named = true;
    this._form = { ...this._form, name: left.name };
    const { drafting } = left;
    await this._act(
      { act: 'look' },
      drafting === null ? null : () => this._api.drafting(drafting)
    );
    if (this._draft) {
      this._form = { ...this._form, wish: this._draft.wish };
      this.tell();
    }
  }

  /** Has it drafted once more, told in words what is wrong. */
  again(words: string): Promise<void> {
    return this._act({ act: 'correct', ...this._drafter(), words: words.trim() });
  }

  /** Takes in fields of the card. */
  edit(change: Partial<ICardForm>): void {
    if (this._card) {
      this._card = { ...this._card, ...change };
      const refused: [string, string][] = Object.entries(this._refused);
      this._refused = Object.fromEntries(refused.filter(([field]) => !(field in change)));
      this.tell();
    }
  }

  /** Puts the card back as the draft has it. */
  undo(): void {
    this._card = this._draft && cardOf(this._draft);
    this._refused = {};
    this._problem = '';
    this.tell();
  }

  /** Changes what the card says and what made-up answers are worth, and has the scorer judge. */
  async correct(changes: Pick<ITaskDrafting, 'right' | 'wrong' | 'drop'> = {}): Promise<void> {
    if (Object.keys(this.wrong).length === 0) {
      await this._act({ act: 'correct', ...this._changes(), ...changes });
    }
  }

  /** Says of a made-up answer that it is worth the other thing. */
  turn(answer: IMadeUpAnswer): Promise<void> {
    const side = answer.should === 'right' ? 'wrong' : 'right';
    return this.correct({ [side]: [answer.label] });
  }

  /** Makes the task of the draft. */
  seal(): Promise<void> {
    return this._act({ act: 'seal' });
  }

  /** Ends what the server does; a draft from before stays as it was. */
  async cancel(): Promise<void> {
    this._cancelled = true;
    if (this._drafting) {
      await this._api.cancelDrafting(this._drafting.id);
    }
  }

  /** Notes why a campaign cannot begin with it yet. */
  refuse(): void {
    this._problem = this._draft
      ? this._trans.__('Seal the draft first: the task is made of it.')
      : this._trans.__('Have the task drafted first.');
    this.tell();
  }

  private _begin(): Omit<ITaskDrafting, 'name'> {
    const { file, wish } = this._form;
    return { act: 'draft', file: file.trim(), wish: wish.trim(), ...this._drafter() };
  }

  private _drafter(): Pick<ITaskDrafting, 'agent_model' | 'base_url'> {
    const { model, address } = this._form;
    return {
      ...(model.trim() ? { agent_model: model.trim() } : {}),
      ...(address.trim() ? { base_url: address.trim() } : {})
    };
  }

  private _changes(): Partial<ITaskDrafting> {
    return this._draft && this._card ? changesOf(this._draft, this._card) : {};
  }

  private async _act(
    asked: Omit<ITaskDrafting, 'name'>,
    begun: (() => Promise<IDrafting>) | null = null
  ): Promise<void> {
    if (this._busy || this._task) {
      return;
    }
    this._busy = true;
    this._cancelled = false;
    this._problem = '';
    this._refused = {};
    this.tell();
    try {
      await this._follow({ ...asked, name: this._form.name.trim() }, begun);
    } catch (error) {
      this._refuse(error);
    } finally {
      this._busy = false;
      this._drafting = null;
      this.tell();
    }
  }

  /** Has the server do it, and takes in what comes of it. */
  private async _follow(
    body: ITaskDrafting,
    begun: (() => Promise<IDrafting>) | null
  ): Promise<void> {
    let drafting = await (begun ? begun() : this._api.draft(body));
    while (drafting.phase === 'working') {
      this._drafting = drafting;
      this.tell();
      if (this._cancelled) {
        await this._api.cancelDrafting(drafting.id);
      } else {
        await new Promise(done => setTimeout(done, this._look));
      }
      drafting = await this._api.drafting(drafting.id);
    }
    if (drafting.phase === 'cancelled') {
      this._problem = this._draft
        ? this._trans.__('Cancelled. The draft is as it was.')
        : this._trans.__('Cancelled. Nothing is left of it.');
      return;
    }
    if (drafting.error) {
      throw toldError(drafting.error);
    }
    this._task = drafting.task ?? '';
    this._draft = drafting.draft ?? this._draft;
    this._card = this._draft && cardOf(this._draft);
    this._done.push(this._command(body));
  }

  /** Puts a refusal beside the field of the card it is about, else below all of them. */
  private _refuse(error: unknown): void {
    const about = error instanceof ApiError ? error.where : '';
    const pattern = about === 'metric' && this._card?.metric === 'regex';
    const field = pattern ? 'pattern' : about;
    if (error instanceof ApiError && this._card && field in this._card) {
      const { status, message, whatToDo } = error;
      this._refused = { [field as CardField]: new ApiError(status, message, '', whatToDo).text };
    } else {
      this._problem = errorText(error);
    }
  }

  /** What the server is asked for, typed in its folder. */
  private _command(body: Omit<ITaskDrafting, 'name'>): string {
    const { act, file, wish, ...rest } = body;
    const folder = `tasks/${this._form.name.trim()}.draft`;
    const words = ['ftassist task', act];
    words.push(...(act === 'draft' ? [file ?? '', wish ?? ''].map(quoted) : [quoted(folder)]));
    for (const [name, value] of Object.entries(rest)) {
      for (const one of name === 'name' ? [] : [value].flat()) {
        words.push(`--${name.replace(/_/g, '-')}`, quoted(String(one)));
      }
    }
    return [...words, ...(act === 'draft' ? ['--folder', quoted(folder)] : [])].join(' ');
  }

  private _busy = false;
  private _cancelled = false;
  private _card: ICardForm | null = null;
  private readonly _done: string[] = [];
  private _draft: ITaskDraft | null = null;
  private _drafting: IDrafting | null = null;
  private _form: IWordsForm;
  private _named = false;
  private _problem = '';
  private _refused: WrongCard = {};
  private _task = '';
}
