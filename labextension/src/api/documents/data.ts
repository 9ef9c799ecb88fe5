/** The rows that a trial trained on. */

/** One operator of a data card. */
export interface IDataStep {
  operator: string;
  arguments: { [name: string]: unknown };
  rows_in: number;
  rows_out: number;
  dropped: { [why: string]: number };
  by_source: { [source: string]: number };
  samples: { [why: string]: unknown };
  /** Rows it changed; absent for none. */
  changed?: number;
  /** Rows it made that were none before; absent for none. */
  made?: number;
}

/** How a training set came to be. */
export interface IDataCard {
  rows?: number;
  by_source?: { [source: string]: number };
  steps?: IDataStep[];
}

/** How long a part of the rows is, in characters; the same bins for all trials. */
export interface IHistogram {
  /** Bin i is from edges[i] up to edges[i + 1]. */
  edges: number[];
  counts: number[];
  median: number;
  longest: number;
}

/** A training row as it is, long turns cut. */
export interface IRowSample {
  row: number;
  id: string;
  source: string;
  turns_left_out: number;
  messages: { role: string; content: string }[];
}

/** A training row, and which of its own words an evaluation item shares. */
export interface ILeakPlace {
  row: number | null;
  id: string;
  kind: string;
  text: string;
  /** In characters of `text`, not in UTF-16 units. */
  start: number;
  end: number;
}

export interface ILengths {
  prompt?: IHistogram;
  answer?: IHistogram;
}

/** What is known of the training rows. */
export interface ITrainingRows {
  lengths: ILengths;
  samples: IRowSample[];
  refused: ILeakPlace[];
  dropped: ILeakPlace[];
  leaking: number;
}
