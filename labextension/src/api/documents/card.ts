/** A proposal on its card, and how its trial lives on. */

import {
  ICellDiff,
  ICheck,
  IEstimate,
  IEvidence,
  IInterval,
  IParameterChange,
  IPart,
  IUnderstood,
  IStalled,
  IVerdict,
  IWish,
  IWrongAnswer,
  Status
} from './common';

/** The MIME type of a proposal in a notebook. */
export const PROPOSAL_MIME = 'application/vnd.ftassist.proposal.v1+json';

/** What a static check found in a cell. */
export interface IFinding {
  stage?: string;
  line?: number;
  level?: string;
  message: string;
  fix?: string;
}

export interface IProgress {
  stage: string | null;
  text: string;
  /** Training steps done; null outside training. */
  step: number | null;
  steps: number | null;
  loss: number | null;
  /** Evaluation items answered; null outside an evaluation. */
  items?: number | null;
  of_items?: number | null;
  seconds_left: number | null;
}

export interface IDecided {
  kind: string;
  actor: string;
  reason: string;
  time: number;
  /** Of a veto: how its reason is understood. */
  understood?: IUnderstood;
  /** Of an edit: the change that the person expects. */
  prediction?: { low: number; high: number };
}

export interface IPrediction {
  low: number | null;
  high: number | null;
  observed: number | null;
  held: boolean | null;
  /** Whether what came refutes the hypothesis. */
  refuted?: boolean | null;
  sentence: string;
}

export interface IFailure {
  class: string;
  stage: string | null;
  message: string;
  traceback: string;
  sentence: string;
}

export interface IStageDone {
  stage: string;
  seconds: number | null;
  cached_from: string | null;
  summary: string;
}

/** What the trial learned: causes, and what to try and avoid next. */
export interface IAnalysis {
  text?: string;
  causes?: unknown[];
  try_next?: unknown[];
  avoid?: unknown[];
}

/** What a proposal is for in its round; "" for nothing in particular. */
export type Variant = 'bold' | 'cheap' | 'rival' | '';

/** A proposal as the notebook holds it, and, from the server, how its trial lives on. */
export interface ICard {
  schema: string;
  campaign: { name: string; folder: string };
  /** How the server names the campaign; absent in a notebook's own copy. */
  id?: string;
  /** The sequence number of the last event about it; absent in copies of before. */
  updated?: number;
  /** The alternatives it was asked for together with. */
  beside?: string[];
  /** Who the server takes the reader for, such as "person:ada". */
  you?: string;
  trial: string;
  seen: number;
  status: Status;
  actor: string | null;
  /** Whose hypothesis it is: agent:<backend>, or person:<name> of who edited it. */
  author?: string;
  backend: string;
  rule: string;
  statement: string;
  cause: string;
  changes: string[];
  parent: { trial: string | null; score: number | null };
  why_parent: string;
  /** Why the policy did not choose the runner-up; absent where there was none. */
  why_not?: string;
  metric: string;
  predicted: IInterval;
  /** Whether an edit withdrew the agent's prediction and the person made none. */
  prediction_withdrawn?: boolean;
  claims?: 'better' | 'equal';
  refuted_if: string;
  /** How it follows the vetoes before it, in one line; "" where none asks for anything. */
  follows?: string;
  /** What it was asked for, in the words of who asked; absent where nobody did in words. */
  wish?: string;
  /** What the agent looked at before it proposed; absent where it looked at nothing. */
  looked?: string[];
  /** How its cells went on a few rows before they cost a trial; absent without a dry run. */
  dry_run?: string;
  /** The trials of its round, itself included; absent where it was proposed alone. */
  round?: { trial: string; variant: Variant }[];
  /** How the reason of its veto is understood; null for a trial that is not vetoed. */
  understood?: IUnderstood | null;
  /** What a person can choose from to correct that. */
  readings?: IWish[];
  /** What really differs from the parent, in words. */
  differences?: IPart[];
  evidence: IEvidence[];
  estimate: IEstimate;
  /** How far off the estimates of earlier trials were, in words; absent before there is one. */
  earlier_estimates?: string;
  cells: { [stage: string]: string };
  parent_cells: { [stage: string]: string };
  edited: { [stage: string]: string };
  /** The lines of each edited stage that were not proposed so, from 1 on. */
  edited_lines: { [stage: string]: number[] };
  diff: ICellDiff[];
  parameters: IParameterChange[];
  findings?: IFinding[];
  live?: ILive;
}

/** What a notebook keeps of a trial as it stands now: data by MIME type. */
export interface IOutputDocument {
  schema: string;
  seq: number;
  data: { [type: string]: unknown };
}

/** What goes on changing on a card: stage and progress, then what came of it. */
export interface ILive {
  mark: string;
  word: string;
  outcome: string;
  best: boolean;
  stage: string | null;
  stages_done: IStageDone[];
  checks: ICheck[];
  progress: IProgress | null;
  /** Why nothing moves although something should; absent in older documents. */
  stalled?: IStalled | null;
  score: {
    score: number;
    low: number | null;
    high: number | null;
    n: number | null;
    text: string;
  } | null;
  verdict: IVerdict | null;
  verdict_best: IVerdict | null;
  /** Against the strongest classical baseline, in words; "" without one. */
  verdict_baseline: string;
  /** What it keeps of what the base could do; "" where nobody looked. */
  general: string;
  prediction: IPrediction;
  wrong: IWrongAnswer[];
  analysis: IAnalysis | null;
  failure: IFailure | null;
  decided: Partial<IDecided> | null;
  stopping: { actor?: string; reason?: string } | null;
  replicates: string[];
  export: {
    status?: string;
    folder?: string;
    bytes?: number;
    message?: string;
    /** What loaded it to be scored again; a plain copy has none. */
    runtime?: string;
  } | null;
  pinned: boolean;
  started: number | null;
  finished: number | null;
}
