/**
 * The playground of a trial's page: what is asked, and what the models have answered so far.
 */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { IPlaygroundLine, IQuestion } from '../api/documents';
import { ApiError, errorText } from '../api/errors';
import { ICampaignStore } from '../store/store';

/** What a person types. Numbers are texts until they are sent. */
export interface IAsking {
  prompt: string;
  system: string;
  sampled: boolean;
  temperature: string;
  topP: string;
  seed: string;
  /** Most tokens of an answer; "" for as many as the task allows. */
  most: string;
}

/** A model that is asked, and how far its answer is. */
export interface IAnswer {
  trial: string;
  phase: 'waiting' | 'loading' | 'answering' | 'done' | 'failed';
  text: string;
  tokens: number | null;
  seconds: number | null;
  ended: IPlaygroundLine['ended'] | null;
  problem: string;
}

/** The form at its beginning: greedy, as trials are scored. */
export const UNASKED: IAsking = {
  prompt: '',
  system: '',
  sampled: false,
  temperature: '0.7',
  topP: '1',
  seed: '0',
  most: ''
};

/** The question that a form asks. */
export function questionOf(form: IAsking): IQuestion {
  const sampling = {
    temperature: Number(form.temperature),
    top_p: Number(form.topP),
    seed: Number(form.seed)
  };
  return {
    prompt: form.prompt,
    ...(form.system.trim() ? { system: form.system } : {}),
    ...(form.most.trim() ? { max_new_tokens: Number(form.most) } : {}),
    ...(form.sampled ? sampling : {})
  };
}

/** The answers after one more line of the stream. */
export function answersAfter(answers: readonly IAnswer[], line: IPlaygroundLine): IAnswer[] {
  if (line.models) {
    return line.models.map(trial => ({
      trial,
      phase: 'waiting',
      text: '',
      tokens: null,
      seconds: null,
      ended: null,
      problem: ''
    }));
  }
  return answers.map(answer =>
    answer.trial === line.model
      ? {
          ...answer,
          phase: line.phase ?? answer.phase,
          text: line.text ?? answer.text,
          tokens: line.tokens ?? answer.tokens,
          seconds: line.seconds ?? answer.seconds,
          ended: line.ended ?? answer.ended,
          problem: line.error ? told(line.error) : answer.problem
        }
      : answer
  );
}

/** The state of one playground. */
export class PlaygroundModel implements IDisposable {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string
  ) {}

  get form(): IAsking {
    return this._form;
  }

  get answers(): readonly IAnswer[] {
    return this._answers;
  }

  /** The prompt as the chat template writes it, with its tokens; null before it is known. */
  get rendered(): { text: string; tokens: number } | null {
    return this._rendered;
  }

  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._abort !== null;
  }

  /** Counts up with each wish to show the playground. */
  get shown(): number {
    return this._shown;
  }

  get version(): number {
    return this._version;
  }

  get changed(): ISignal<PlaygroundModel, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Leaving the page ends what is asked, and the process where nobody else asks. */
  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._abort?.abort();
    if (this._asked) {
      void this._store.api.leavePlayground(this.campaign, this.trial).catch(() => undefined);
    }
    Signal.clearData(this);
  }

  set(change: Partial<IAsking>): void {
    this._form = { ...this._form, ...change };
    this._tell();
  }

  /** Fills in a prompt and shows the playground. */
  fill(prompt: string): void {
    this._shown += 1;
    this.set({ prompt });
  }

  /** Asks; what comes is told as it comes. */
  async ask(): Promise<void> {
    if (this._abort) {
      return;
    }
    const abort = (this._abort = new AbortController());
    this._asked = true;
    this._answers = [];
    this._rendered = null;
    this._problem = '';
    this._tell();
    try {
      await this._store.api.askByHand(
        this.campaign,
        this.trial,
        questionOf(this._form),
        line => this._take(line),
        abort.signal
      );
    } catch (error) {
      this._problem = abort.signal.aborted ? '' : errorText(error);
    }
    this._abort = null;
    this._answers = this._answers.map(answer =>
      answer.phase === 'done' || answer.phase === 'failed'
        ? answer
        : { ...answer, phase: 'done', ended: 'cancelled' }
    );
    this._tell();
  }

  /** Ends what is being answered. */
  cancel(): void {
    this._abort?.abort();
  }

  /** Writes the prompt down with the trial. */
  async keep(): Promise<void> {
    try {
      const { trial } = this;
      await this._store.ask(this.campaign, { action: 'note', trial, text: this._form.prompt });
      this._problem = '';
    } catch (error) {
      this._problem = errorText(error);
    }
    this._tell();
  }

  private _take(line: IPlaygroundLine): void {
    if (line.prompt !== undefined) {
      this._rendered = { text: line.prompt, tokens: line.tokens ?? 0 };
    } else if (line.error && !line.model) {
      this._problem = told(line.error);
    } else {
      this._answers = answersAfter(this._answers, line);
    }
    this._tell();
  }

  private _tell(): void {
    if (!this._disposed) {
      this._version += 1;
      this._changed.emit();
    }
  }

  private _form = UNASKED;
  private _answers: readonly IAnswer[] = [];
  private _rendered: { text: string; tokens: number } | null = null;
  private _problem = '';
  private _abort: AbortController | null = null;
  private _asked = false;
  private _shown = 0;
  private _version = 0;
  private _disposed = false;
  private readonly _changed = new Signal<this, void>(this);
}

function told(error: NonNullable<IPlaygroundLine['error']>): string {
  return new ApiError(0, error.message, error.where, error.what_to_do).text;
}
