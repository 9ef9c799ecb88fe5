/** All that is known of a trial: its page, its curves, its log. */

import { INode } from './campaign';
import { IDecided, ILive } from './card';
import {
  ICellDiff,
  ICheck,
  IEstimate,
  IEvidence,
  IMetric,
  IParameterChange,
  IPart,
  IUnderstood,
  IViewScore,
  IWrongAnswer,
  Status
} from './common';
import { IDataCard, ILengths, ITrainingRows } from './data';
import { INoted } from './playground';

/** What the evaluator told; empty objects before it did. */
export interface IFeedback {
  score?: number;
  low?: number;
  high?: number;
  n?: number;
  views?: { [view: string]: IViewScore };
  parse_rate?: number;
  truncation_rate?: number;
  wrong?: IWrongAnswer[];
}

export interface IStageRecord {
  seconds?: number | null;
  cached_from?: string | null;
  key?: string;
  summary?: { [name: string]: unknown };
}

/** A check as the journal has it. */
export interface ICheckRecord extends ICheck {
  summary?: { [name: string]: unknown };
}

/** A wrong answer with how it failed, and the parent's beside it. */
export interface IWrongDetail extends IWrongAnswer {
  kind: 'cut off' | 'unreadable' | 'wrong';
  parent: { output: string; right: boolean } | null;
}

/** All that is known of a trial, with its parent's numbers beside. */
export interface ITrialPage {
  schema: string;
  campaign: string;
  seq: number;
  id: string;
  parent: string | null;
  role: INode['role'];
  status: Status;
  word: string;
  mark: string;
  campaign_id: string;
  hypothesis_text: string;
  best: boolean;
  metric: IMetric;
  proposal: { hypothesis?: { cause?: string; evidence?: IEvidence[] }; [key: string]: unknown };
  cells: { [stage: string]: string };
  edited: { [stage: string]: string };
  decision: Partial<IDecided>;
  decisions: (IDecided & { stages?: string[] })[];
  isolation: string;
  stages: { [stage: string]: IStageRecord };
  checks: ICheckRecord[];
  numerics: { text: string; differs: boolean }[];
  feedback: IFeedback;
  parent_feedback: IFeedback & { trial?: string };
  outcome: { data?: IDataCard; training?: { [name: string]: unknown }; [key: string]: unknown };
  wrong: IWrongDetail[];
  /** What it gains on items that are shown and on those that select, in words. */
  shown_gain?: string;
  rows: ITrainingRows;
  parent_lengths: ILengths;
  parent_data: IDataCard;
  parent_training: { [name: string]: unknown };
  live: ILive;
  changed_cells: ICellDiff[];
  parameters: IParameterChange[];
  author?: string;
  differences?: IPart[];
  follows?: string;
  prediction_withdrawn?: boolean;
  understood?: IUnderstood | null;
  /** What people wrote down. */
  notes?: INoted[];
  /** Words that people find it again by, with who gave them. */
  tags?: { [tag: string]: { actor: string; time: number } };
  children: string[];
  replicates: string[];
  estimate: IEstimate;
  versions: { [name: string]: string };
  /** On the page of the base: what is peculiar of its chat template, a sentence each. */
  base_notes?: string[];
  cost: {
    seconds: number;
    stages: { [stage: string]: number | null };
    rows: number | null;
    peak_memory_mb: number | null;
    attempts: number;
    gpu: { index?: number; name?: string; memory_mb?: number };
    /** The cluster's node it ran on; empty or absent on the runner's machine. */
    node?: { host?: string; id?: string; devices?: string[] };
    /** Where its model answered the evaluator and was scored; absent on the runner's machine. */
    answered?: string;
  };
  sizes: { [name: string]: number };
  created: number;
  started: number | null;
  finished: number | null;
}

export interface IMetricsRow {
  step?: number;
  steps?: number;
  loss?: number | null;
  eval_loss?: number | null;
  learning_rate?: number | null;
  gradient_norm?: number | null;
  [key: string]: unknown;
}

export interface IMetricsPart {
  rows: IMetricsRow[];
  next: number;
  truncated: boolean;
}

export interface ILogPart {
  text: string;
  next: number;
  size: number;
}
