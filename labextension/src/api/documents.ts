/**
 * The JSON the server sends, as `src/ftassist/server/openapi.yaml` describes it.
 *
 * Types only. Times are seconds since 1970, UTC. Text from data or models is in the documents as
 * it came; whoever shows it uses text nodes.
 */

import { PartialJSONObject } from '@lumino/coreutils';

/** The MIME type of a proposal in a notebook. */
export const PROPOSAL_MIME = 'application/vnd.ftassist.proposal.v1+json';

/** The stages of a trial, in order. */
export const STAGES = ['curate', 'train', 'evaluate'] as const;
export type Stage = (typeof STAGES)[number];

export type Status =
  'proposed' | 'accepted' | 'running' | 'scored' | 'failed' | 'invalid' | 'stopped' | 'vetoed';

/** A row of the list of campaigns. */
export interface ICampaignRow {
  id: string;
  name: string;
  path: string;
  task: string;
  model: string;
  backend: string;
  review: string;
  phase: string;
  reason: string;
  seq: number;
  runner_alive: boolean;
  running: string[];
  pending: string[];
  best: string | null;
  best_score: number | null;
  base_score: number | null;
  trials_used: number;
  seconds_used: number;
  created: number;
  budget: IBudget;
  damage: string;
}

export interface IBudget {
  trials?: number;
  rows?: number;
  seconds?: number;
}

/** The campaigns below the server's root. */
export interface ICampaignList {
  schema: string;
  campaigns: ICampaignRow[];
}

/** The headline metric of a campaign's task. */
export interface IMetric {
  name: string;
  higher_is_better: boolean;
  unit: string;
  /** Whether a score is a share of 1, shown as a percentage. */
  percent: boolean;
}

/** A wish for proposals that the agent works on. */
export interface IAsked {
  seq: number;
  parent: string | null;
  beside: string | null;
  count: number;
  /** Whether a person has cancelled it. */
  cancelling: boolean;
}

/** The agent's call while it is made. */
export interface IThinking {
  purpose: string;
  model: string;
  phase: string;
  /** The end of what was thought or written; text of a model. */
  tail: string;
  /** Received so far; an estimate. */
  tokens: number;
  /** US dollars so far; an estimate. */
  cost: number;
  seconds: number;
  cancelling: boolean;
}

/** Where a campaign stands. */
export interface ICampaign {
  name: string;
  folder: string;
  seq: number;
  task: string;
  settings: { model?: string; backend?: string; policy?: string; [key: string]: unknown };
  review: string;
  phase: string;
  reason: string;
  runner_alive: boolean;
  damage: string;
  budget: IBudget;
  used: { trials: number; seconds: number };
  statuses: { [status: string]: number };
  base: number | null;
  best: string | null;
  best_score: number | null;
  pending: string[];
  finalist: string | null;
  summary: string;
  calls: { [key: string]: number };
  metric: IMetric;
  /** What of the budget is used, in words. */
  meters: { name: string; used: number; limit: number | null; text: string }[];
  /** What waits for the person; "" when nothing does. */
  waiting: string;
  /** What the validation set can show at all. */
  smallest_effect: string;
  /** A person's wish for proposals that is not fulfilled yet. */
  asked: IAsked | null;
  /** Why the last wish for a proposal failed; "" when it did not. */
  asked_failed: string;
  /** What kind of failure that was: ideas, budget, call or cancelled. */
  asked_failure: string;
  /** The proposal that answered the last wish. */
  asked_made: string | null;
}

/** A node of the search tree. */
export interface INode {
  trial: string;
  parent: string | null;
  role: 'base' | 'trial' | 'replicate';
  replicate_of: string | null;
  /** The proposal this one was asked for beside, as an alternative. */
  beside: string | null;
  status: Status;
  mark: string;
  word: string;
  title: string;
  changes: string[];
  score: number | null;
  low: number | null;
  high: number | null;
  verdict: string | null;
  verdict_best: string | null;
  difference: number | null;
  rule: string;
  actor: string | null;
  edited: string[];
  stage: string | null;
  cached: string[];
  isolation: string;
  failure: string | null;
  attempts: number;
  seconds: number;
  stopping: boolean;
  pinned: boolean;
  created: number;
  updated: number;
}

/** A campaign with all its nodes, or those touched since a sequence number. */
export interface ICampaignView {
  schema: string;
  id: string;
  seq: number;
  full: boolean;
  campaign: ICampaign;
  nodes: INode[];
}

export interface IInterval {
  low: number | null;
  high: number | null;
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

export interface IEvidence {
  trial: string;
  claim: string;
  value?: number | null;
}

export interface IEstimate {
  seconds?: number | null;
  memory_mb?: number | null;
  cost_usd?: number | null;
}

/** What a static check found in a cell. */
export interface IFinding {
  stage?: string;
  line?: number;
  level?: string;
  message: string;
  fix?: string;
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

export interface IProgress {
  stage: string | null;
  text: string;
  step: number | null;
  steps: number | null;
  loss: number | null;
  seconds_left: number | null;
}

export interface IDecided {
  kind: string;
  actor: string;
  reason: string;
  time: number;
}

export interface IPrediction {
  low: number | null;
  high: number | null;
  observed: number | null;
  held: boolean | null;
  sentence: string;
}

export interface ICheck {
  check: string;
  passed: boolean;
  message: string;
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

/** A proposal as the notebook holds it, and, from the server, how its trial lives on. */
export interface ICard {
  schema: string;
  campaign: { name: string; folder: string };
  /** How the server names the campaign; absent in a notebook's own copy. */
  id?: string;
  /** The alternatives it was asked for together with. */
  beside?: string[];
  /** Who the server takes the reader for, such as "person:ada". */
  you?: string;
  trial: string;
  seen: number;
  status: Status;
  actor: string | null;
  backend: string;
  rule: string;
  statement: string;
  cause: string;
  changes: string[];
  parent: { trial: string | null; score: number | null };
  why_parent: string;
  metric: string;
  predicted: IInterval;
  refuted_if: string;
  evidence: IEvidence[];
  estimate: IEstimate;
  cells: { [stage: string]: string };
  parent_cells: { [stage: string]: string };
  edited: { [stage: string]: string };
  diff: ICellDiff[];
  parameters: IParameterChange[];
  findings?: IFinding[];
  live?: ILive;
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
  score: {
    score: number;
    low: number | null;
    high: number | null;
    n: number | null;
    text: string;
  } | null;
  verdict: IVerdict | null;
  verdict_best: IVerdict | null;
  prediction: IPrediction;
  wrong: IWrongAnswer[];
  analysis: IAnalysis | null;
  failure: IFailure | null;
  decided: Partial<IDecided> | null;
  stopping: { actor?: string; reason?: string } | null;
  replicates: string[];
  export: { status?: string; folder?: string; bytes?: number; message?: string } | null;
  pinned: boolean;
  started: number | null;
  finished: number | null;
}

export interface IViewScore {
  score: number;
  low: number | null;
  high: number | null;
  n: number;
}

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

/** One operator of a data card. */
export interface IDataStep {
  operator: string;
  arguments: { [name: string]: unknown };
  rows_in: number;
  rows_out: number;
  dropped: { [why: string]: number };
  by_source: { [source: string]: number };
  samples: { [why: string]: unknown };
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
  feedback: IFeedback;
  parent_feedback: IFeedback & { trial?: string };
  outcome: { data?: IDataCard; training?: { [name: string]: unknown }; [key: string]: unknown };
  rows: ITrainingRows;
  parent_lengths: ILengths;
  parent_data: IDataCard;
  parent_training: { [name: string]: unknown };
  live: ILive;
  changed_cells: ICellDiff[];
  parameters: IParameterChange[];
  children: string[];
  replicates: string[];
  estimate: IEstimate;
  versions: { [name: string]: string };
  cost: {
    seconds: number;
    stages: { [stage: string]: number | null };
    rows: number | null;
    peak_memory_mb: number | null;
    attempts: number;
    gpu: { index?: number; name?: string; memory_mb?: number };
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
/** A trial in a comparison. */
export interface IComparedTrial {
  trial: string;
  mark: string;
  word: string;
  hypothesis: string;
  score: number | null;
  low: number | null;
  high: number | null;
  n: number | null;
  views: { [view: string]: IViewScore };
  seeds: { trial: string; seed: number; score: number }[];
  seconds: number;
  rows: number | null;
}

/** The second trial against the first; without a label where they cannot be compared. */
export interface IPair {
  before: string;
  after: string;
  label: 'better' | 'worse' | 'not distinguishable' | null;
  sentence: string;
  difference?: number | null;
  low?: number | null;
  high?: number | null;
  p?: number | null;
  p_adjusted?: number | null;
  n?: number | null;
  method?: string;
}

/** Trials side by side. */
export interface IComparison {
  schema: string;
  campaign: string;
  seq: number;
  metric: IMetric;
  id: string;
  smallest_effect: string;
  trials: IComparedTrial[];
  comparisons: IPair[];
  differences: {
    before: string;
    after: string;
    cells: ICellDiff[];
    parameters: IParameterChange[];
  }[];
}
export type DecisionKind = 'accept' | 'edit' | 'veto' | 'undo_veto';
export interface IDecisionBody {
  decision: DecisionKind;
  trial: string;
  seen: number;
  reason?: string;
  cells?: { [stage: string]: string };
}
export interface IDecisionReply {
  seq: number;
  trial: ICard;
}
export type ActionName =
  | 'propose'
  | 'cancel'
  | 'alternatives'
  | 'pause'
  | 'resume'
  | 'stop_campaign'
  | 'stop_trial'
  | 'set_review'
  | 'branch'
  | 'replicate'
  | 'pin'
  | 'unpin'
  | 'export_model'
  | 'start_runner';
export type ActionBody = { action: ActionName; trial?: string } & PartialJSONObject;
