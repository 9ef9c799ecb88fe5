/** What is asked by hand, and the lines of the answer. */

import { ITold } from './start';

/** A prompt and how it is to be answered. */
export interface IQuestion {
  prompt: string;
  system?: string;
  /** 0 for as many as the task allows. */
  max_new_tokens?: number;
  /** 0 is greedy, as trials are scored. */
  temperature?: number;
  top_p?: number;
  seed?: number;
  /** Whom to ask; all three where it is left out. */
  models?: ('trial' | 'parent' | 'base')[];
}

/** One of: whom is asked, the rendered prompt, a model's phase, or the error that ends it. */
export interface IPlaygroundLine {
  models?: string[];
  prompt?: string;
  tokens?: number;
  model?: string;
  phase?: 'loading' | 'answering' | 'done' | 'failed';
  text?: string;
  seconds?: number;
  ended?: 'end' | 'limit' | 'time' | 'cancelled';
  error?: ITold;
}

/** What a person wrote down with a trial: a prompt to be asked again, or a note. */
export interface INoted {
  /** Its sequence number. */
  seq: number;
  text: string;
  kind: string;
  actor: string;
  time: number;
}
