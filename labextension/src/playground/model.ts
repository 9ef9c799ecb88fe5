/**
 * The playground of a trial's page: what is asked, and what the models have answered so far.
 */

import { IPlaygroundLine, IQuestion, IWrongDetail } from '../api/documents';
import { errorText } from '../api/errors';
import { ChangingUntilDisposed } from '../store/changing';
import { ICampaignStore } from '../store/store';
import { IAnswer, answersAfter, settled, told } from './answers';
import { Batch } from './batch';

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

/** The state of one playground. */
export class PlaygroundModel extends ChangingUntilDisposed {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string
  ) {
    super();
    this.batch = new Batch(_store, campaign, trial);
    this.batch.changed.connect(() => this.tell());
  }

  /** Wrong answers that are asked again, one after the other. */
  readonly batch: Batch;

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

  /** Leaving the page ends what is asked, and the process where nobody else asks. */
  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    this.batch.dispose();
    this._abort?.abort();
    if (this._asked) {
      void this._store.api.leavePlayground(this.campaign, this.trial).catch(() => undefined);
    }
  }

  set(change: Partial<IAsking>): void {
    this._form = { ...this._form, ...change };
    this.tell();
  }

  /** Fills in a prompt and shows the playground. */
  fill(prompt: string): void {
    this._shown += 1;
    this.set({ prompt });
  }

  /** Asks wrong answers again, as the form says but for its prompt, and shows the playground. */
  async askAll(wrong: readonly IWrongDetail[]): Promise<void> {
    if (this._abort) {
      return;
    }
    this._shown += 1;
    this._asked = true;
    await this.batch.ask(wrong, questionOf(this._form));
  }

  /** Asks; what comes is told as it comes. */
  async ask(): Promise<void> {
    if (this._abort || this.batch.busy) {
      return;
    }
    const abort = (this._abort = new AbortController());
    this._asked = true;
    this._answers = [];
    this._rendered = null;
    this._problem = '';
    this.tell();
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
    this._answers = settled(this._answers);
    this.tell();
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
    this.tell();
  }

  private _take(line: IPlaygroundLine): void {
    if (line.prompt !== undefined) {
      this._rendered = { text: line.prompt, tokens: line.tokens ?? 0 };
    } else if (line.error && !line.model) {
      this._problem = told(line.error);
    } else {
      this._answers = answersAfter(this._answers, line);
    }
    this.tell();
  }

  private _form = UNASKED;
  private _answers: readonly IAnswer[] = [];
  private _rendered: { text: string; tokens: number } | null = null;
  private _problem = '';
  private _abort: AbortController | null = null;
  private _asked = false;
  private _shown = 0;
}
