/**
 * A task from words: a sentence and a file, what a language model drafted of them, and what a
 * person says of that until it is sealed.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IApi } from '../api/client';
import { IMadeUpAnswer, ITaskDraft, ITaskDrafting } from '../api/documents';
import { errorText } from '../api/errors';
import { Changing } from '../store/changing';
import { nameOf } from './own_form';
import { quoted } from './quoted';

/** The task that stands for one from words. */
export const WORDS = 'from words';

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
    file = ''
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

  /** Whether the server works on it. */
  get busy(): boolean {
    return this._busy;
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

  /** Has it drafted once more, told in words what is wrong. */
  again(words: string): Promise<void> {
    return this._act({ act: 'correct', ...this._drafter(), words: words.trim() });
  }

  /** Changes what it says, or what made-up answers are worth. */
  correct(changes: Omit<ITaskDrafting, 'act' | 'name'>): Promise<void> {
    return this._act({ act: 'correct', ...changes });
  }

  /** Says of a made-up answer that it is worth the other thing. */
  turn(answer: IMadeUpAnswer): Promise<void> {
    const side = answer.should === 'right' ? 'wrong' : 'right';
    return this.correct({ [side]: [answer.label] });
  }

  /** Makes the task of the draft. */
  async seal(): Promise<void> {
    await this._work(async () => {
      const body = { act: 'seal' as const, name: this._form.name.trim() };
      this._task = await this._api.sealDraft(body.name);
      this._done.push(this._command({ act: 'seal' }));
    });
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

  private _act(asked: Omit<ITaskDrafting, 'name'>): Promise<void> {
    const body: ITaskDrafting = { ...asked, name: this._form.name.trim() };
    return this._work(async () => {
      this._draft = await this._api.draftTask(body);
      this._done.push(this._command(body));
    });
  }

  private async _work(work: () => Promise<void>): Promise<void> {
    if (this._busy || this._task) {
      return;
    }
    this._busy = true;
    this._problem = '';
    this.tell();
    try {
      await work();
    } catch (error) {
      this._problem = errorText(error);
    } finally {
      this._busy = false;
      this.tell();
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
  private readonly _done: string[] = [];
  private _draft: ITaskDraft | null = null;
  private _form: IWordsForm;
  private _named = false;
  private _problem = '';
  private _task = '';
}
