/**
 * What the server does at the wish of a form: begun, looked at until it ends, and gone on with by
 * the server when nobody looks any more.
 */

import { ITold } from '../api/documents';
import { errorText, toldError } from '../api/errors';
import { Changing } from './changing';

/** How often the server is asked how far it is, in milliseconds. */
const LOOK = 700;

/** How far an act has come. */
interface IAct {
  phase: string;
  error: ITold | null;
}

/** The base of the models of dialogs that have an act done and tell of it. */
export abstract class Acting<T extends IAct> extends Changing {
  constructor(private readonly _look = LOOK) {
    super();
  }

  /** Whether it is under way. */
  get busy(): boolean {
    return this._busy;
  }

  /** Whether it can be begun now. */
  abstract get ready(): boolean;

  /** Why nothing came of it; "" where there is no reason. */
  get problem(): string {
    return this._problem;
  }

  /** Has it done; ends when it has ended. */
  abstract begin(): Promise<void>;

  /** Has it ended before its time. */
  abstract cancel(): Promise<void>;

  /** Takes up an act that the server is at already. */
  async takeUp(): Promise<void> {
    const found = await this._ask();
    if (found && this._underWay(found)) {
      this._takenUp(found);
      await this._follow(async () => found);
    }
  }

  /** Nobody looks any more; the server goes on. */
  leave(): void {
    this._left = true;
  }

  /** How far it is; null where the server knows of none. */
  protected abstract _ask(): Promise<T | null>;

  /** Whether it has not ended. */
  protected abstract _underWay(found: T): boolean;

  /** Takes note of what was found under way. */
  protected _takenUp(_: T): void {}

  /** Takes note of what came of it. */
  protected async _ended(found: T | null): Promise<void> {
    this._problem = found?.error ? toldError(found.error).text : '';
  }

  protected async _follow(begin: () => Promise<T>): Promise<void> {
    this._busy = true;
    this._problem = '';
    this.tell();
    try {
      let found: T | null = await begin();
      while (found && this._underWay(found) && !this._left) {
        this._act = found;
        this.tell();
        await new Promise(done => setTimeout(done, this._look));
        found = await this._ask();
      }
      this._act = found;
      await this._ended(found);
    } catch (error) {
      this._problem = errorText(error);
    }
    this._busy = false;
    this.tell();
  }

  /** The act, or what came of it; null for none. */
  protected _act: T | null = null;
  protected _problem = '';
  private _busy = false;
  private _left = false;
}
