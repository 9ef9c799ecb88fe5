/** A draft of a task: what was drafted from words, and made-up answers as its scorer judges them. */

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
  title?: string;
  about?: string;
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
  /** Who drafted, and for what. */
  said?: string;
  rows: { row: number; prompt: string; right: string[]; answers: IMadeUpAnswer[] }[];
}
