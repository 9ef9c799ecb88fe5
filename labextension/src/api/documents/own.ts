/** Files of a person's own, and what they would become as a task. */

export interface IOwnFiles {
  train: string[];
  evaluation?: string;
  test?: string;
  metric: string;
  /** The task's name; its folder is tasks/<name>. */
  name: string;
  prompt?: string;
  answer?: string;
  system?: string;
  id?: string;
  view?: string;
  on_bad?: 'refuse' | 'drop';
  licence?: string;
  max_new_tokens?: number;
  /** Validation items that are to be scored on. */
  items?: number;
  make?: boolean;
}

/** A source of rows, as it was read. */
export interface IOwnSource {
  role: 'train' | 'evaluation' | 'test';
  name: string;
  origin: string;
  shape: string;
  fields: { [part: string]: string };
  unused: string[];
  rows: number;
  left_out: { where: string; what: string }[];
  examples: { where: string; messages: { role: string; content: string }[]; answers?: string[] }[];
}

export interface IOwnLook {
  schema: string;
  columns: string[];
  sources: IOwnSource[];
  items: { validation: number; test: number } | null;
  /** Made-up answers to the first evaluation row, as the metric judges them. */
  judged: { text: string; score: number; parsed: number }[];
  reference: string;
  /** At a score of one half; null where that is not known. */
  smallest_effect: number | null;
  problem: { what: string; where: string; fix: string } | null;
}
