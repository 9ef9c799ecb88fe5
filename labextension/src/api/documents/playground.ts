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

/** A prompt that a person wrote down with a trial. */
export interface INoted {
  text: string;
  kind: string;
  actor: string;
  time: number;
}
