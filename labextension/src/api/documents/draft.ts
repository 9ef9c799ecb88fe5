/** A draft of a task: what was drafted from words, and made-up answers as its scorer judges them. */

import { ITold } from './start';

export interface ITaskDrafting {
  act: 'draft' | 'look' | 'correct' | 'seal';
  /** The task's name; the draft lies in tasks/<name>.draft. */
  name: string;
  file?: string;
  wish?: string;
  agent_model?: string;
  base_url?: string;
  dialect?: 'messages' | 'chat';
  words?: string;
  metric?: string;
  prompt?: string;
  answer?: string;
  system?: string;
  view?: string;
  title?: string;
  about?: string;
  max_new_tokens?: number;
  /** Rows to score on; the others are trained on. */
  evaluation_rows?: number;
  right?: string[];
  wrong?: string[];
  drop?: string[];
}

/** A made-up answer. */
export interface IMadeUpAnswer {
  /** Such as "3b". */
  label: string;
  text: string;
  should: 'right' | 'wrong';
  by: string;
  score: number;
  agrees: boolean;
}

export interface ITaskDraft {
  schema: string;
  folder: string;
  wish: string;
  title: string;
  about: string;
  mapping: { [part: string]: string };
  metric: string;
  why_metric: string;
  max_new_tokens: number;
  /** The task that was made of it; "" while there is none. */
  sealed: string;
  /** Texts in the rows that read like orders. */
  planted: string[];
  /** The columns of the rows, and those of them that play no part. */
  columns: string[];
  unused: string[];
  /** Rows to train on and to score on; what of the latter chooses, and what stays sealed. */
  sizes: { train: number; evaluation: number; validation: number; test: number };
  /** Who drafted, and for what. */
  said?: string;
  rows: { row: number; prompt: string; right: string[]; answers: IMadeUpAnswer[] }[];
}

/** An act with a draft that is under way, or what became of it. */
export interface IDrafting {
  id: string;
  act: ITaskDrafting['act'];
  phase: 'working' | 'done' | 'failed' | 'cancelled';
  /** In words. */
  doing: string;
  /** Since it began. */
  seconds: number;
  draft: ITaskDraft | null;
  /** The key of the task, once it is sealed. */
  task: string | null;
  error: ITold | null;
}
