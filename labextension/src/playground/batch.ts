/**
 * Wrong answers asked again, one after the other: progress, answers, and an end at any time.
 *
 * Nothing of it counts as evaluation: no answer is judged, only shown beside the right one.
 */

import { IQuestion, IWrongDetail } from '../api/documents';
import { errorText } from '../api/errors';
import { ChangingUntilDisposed } from '../store/changing';
import { ICampaignStore } from '../store/store';
import { IAnswer, answersAfter, settled, told } from './answers';

/** Wrong answers that are asked at once. */
export const MOST_ASKED = 50;
/** Longest prompt of a wrong answer that is shown; a longer one is cut there. */
export const CUT_AT = 2000;

/** A wrong answer that is asked again. */
export interface IBatchItem {
  item: IWrongDetail;
  phase: 'waiting' | 'asking' | 'done' | 'failed' | 'left out';
  answers: readonly IAnswer[];
  problem: string;
}

/** Whom to ask beside the trial. */
export interface IBeside {
  parent: boolean;
  base: boolean;
}

/** The wrong answers of a view that are asked again. */
export class Batch extends ChangingUntilDisposed {
  constructor(
    private readonly _store: ICampaignStore,
    readonly campaign: string,
    readonly trial: string
  ) {
    super();
  }

  dispose(): void {
    this.cancel();
    super.dispose();
  }

  get items(): readonly IBatchItem[] {
    return this._items;
  }

  /** How many have been asked. */
  get done(): number {
    return this._items.filter(each => each.phase !== 'waiting' && each.phase !== 'asking').length;
  }

  get busy(): boolean {
    return this._abort !== null;
  }

  get beside(): IBeside {
    return this._beside;
  }

  /** Why it ended before its end; "" where it did not. */
  get problem(): string {
    return this._problem;
  }

  set(change: Partial<IBeside>): void {
    this._beside = { ...this._beside, ...change };
    this.tell();
  }

  /**
   * Asks wrong answers again, in their order.
   *
   * @param wrong - The wrong answers; those beyond `MOST_ASKED` are not asked.
   * @param usual - How they are asked: a question whose prompt does not count.
   */
  async ask(wrong: readonly IWrongDetail[], usual: IQuestion): Promise<void> {
    if (this._abort || wrong.length === 0) {
      return;
    }
    const abort = (this._abort = new AbortController());
    this._problem = '';
    this._items = wrong.slice(0, MOST_ASKED).map(item => ({
      item,
      phase: [...item.prompt].length >= CUT_AT ? 'left out' : 'waiting',
      answers: [],
      problem: ''
    }));
    this.tell();
    for (let at = 0; at < this._items.length && !abort.signal.aborted; at += 1) {
      if (this._items[at].phase === 'waiting' && !(await this._one(at, usual, abort.signal))) {
        break;
      }
    }
    this._abort = null;
    this.tell();
  }

  /** Ends it; what was answered stays. */
  cancel(): void {
    this._abort?.abort();
  }

  /** Asks one; false where the others need not be tried. */
  private async _one(at: number, usual: IQuestion, signal: AbortSignal): Promise<boolean> {
    const models: IQuestion['models'] = ['trial'];
    models.push(...(['parent', 'base'] as const).filter(whom => this._beside[whom]));
    const question = { ...usual, prompt: this._items[at].item.prompt, models };
    this._change(at, { phase: 'asking' });
    try {
      await this._store.api.askByHand(
        this.campaign,
        this.trial,
        question,
        line => {
          const problem = line.error && !line.model ? told(line.error) : this._items[at].problem;
          this._change(at, { answers: answersAfter(this._items[at].answers, line), problem });
        },
        signal
      );
    } catch (error) {
      const ended = signal.aborted;
      this._problem = ended ? '' : errorText(error);
      this._end(at, ended ? '' : this._problem);
      return false;
    }
    this._end(at, this._items[at].problem);
    return true;
  }

  private _end(at: number, problem: string): void {
    const answers = settled(this._items[at].answers);
    this._change(at, { phase: problem ? 'failed' : 'done', answers, problem });
  }

  private _change(at: number, change: Partial<IBatchItem>): void {
    this._items = this._items.map((each, place) => (place === at ? { ...each, ...change } : each));
    this.tell();
  }

  private _items: readonly IBatchItem[] = [];
  private _beside: IBeside = { parent: false, base: false };
  private _problem = '';
  private _abort: AbortController | null = null;
}
