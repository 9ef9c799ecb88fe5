/** What several documents share. */

/** The stages of a trial, in order. */
export const STAGES = ['curate', 'train', 'evaluate'] as const;
export type Stage = (typeof STAGES)[number];

export type Status =
  | 'proposed'
  | 'accepted'
  | 'running'
  | 'resting'
  | 'scored'
  | 'failed'
  | 'invalid'
  | 'stopped'
  | 'vetoed'
  | 'set_aside';

/** The headline metric of a campaign's task. */
export interface IMetric {
  name: string;
  higher_is_better: boolean;
  unit: string;
  /** Whether a score is a share of 1, shown as a percentage. */
  percent: boolean;
}

export interface IInterval {
  low: number | null;
  high: number | null;
}

/** Why nothing moves although something should. */
export interface IStalled {
  /** `gone`: a trial runs by the journal and no runner is there; `waiting`: it waits for one. */
  kind: 'gone' | 'waiting';
  sentence: string;
}

export interface ICellDiff {
  stage: Stage;
  added: number;
  removed: number;
  diff: string[];
}

export interface IParameterChange {
  stage: string;
  name: string;
  before: string | null;
  after: string | null;
}

/** One thing that really differs from the parent, in words. */
export interface IPart {
  stage: Stage;
  /** Such as "train.learning_rate:down". */
  key: string;
  words: string;
  /** "" where there was none. */
  before: string;
  /** "" where there is none any more. */
  after: string;
  /** In one line: "learning rate 2e−4 → 1e−4". */
  text: string;
}

/** Something to avoid or to try. */
export interface IWish {
  key: string;
  words: string;
  /** The value that was named. */
  value?: number;
}

/** How the reason of a veto is understood. */
export interface IUnderstood {
  avoid: IWish[];
  try: IWish[];
  /** Nothing was understood: the text is a note for the agent and rules nothing out. */
  note: boolean;
  /** Who read it: program, agent:<backend> or person:<name>. */
  by: string;
  /** The same in one line. */
  text?: string;
}

export interface IEvidence {
  trial: string;
  claim: string;
  value?: number | null;
  /** Both in words: "training rows: 800". */
  text?: string;
}

export interface IEstimate {
  seconds?: number | null;
  memory_mb?: number | null;
  cost_usd?: number | null;
  /** Tokens it trains on, each as often as it is seen. */
  tokens?: number | null;
}

export interface IVerdict {
  kind?: string;
  against?: string;
  difference?: number | null;
  low?: number | null;
  high?: number | null;
  p?: number | null;
  p_adjusted?: number | null;
  n?: number | null;
  method?: string;
  sentence?: string;
}

export interface IWrongAnswer {
  id: string;
  view: string;
  prompt: string;
  gold: string;
  output: string;
}

export interface ICheck {
  check: string;
  passed: boolean;
  message: string;
}

export interface IViewScore {
  score: number;
  low: number | null;
  high: number | null;
  n: number;
}
