/** Campaigns: their list, where one stands, and its search tree. */

import { IProgress } from './card';
import { IMetric, IStalled, Status } from './common';
import { IBudget, INodeRung, IOpenWish, IOutage } from './records';

/** What a paused campaign waits for; "" for a person's word. */
export type WaitsFor = '' | 'model' | 'task' | 'consent' | 'nodes';

/** A person's consent to model-written cells without isolation (action allow_unisolated). */
export interface IConsent {
  waited_for: boolean;
  given_by: string;
  /** Why it is waited for, in a sentence. */
  why?: string;
  /** How to get isolation instead. */
  isolation?: string;
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

/** What a classical model, such as a bag of words, reaches on the validation items. */
export interface IClassicalBaseline {
  key: string;
  name: string;
  rows: number;
  score: number;
  low: number;
  high: number;
  /** Items it was scored on; journals of older versions do not tell. */
  n?: number;
}

/** What is done at this moment and told by no event. */
export interface INow {
  thinking: IThinking | null;
  runner_alive: boolean;
  running: { trial: string; progress: IProgress }[];
}

/** What the sealed test split said of a trial. */
export interface IOpenedTest {
  sentence: string;
  /** Of the base, the trial and its fresh seeds. */
  scores: {
    [run: string]: { score: number | null; low: number | null; high: number | null; n?: number };
  };
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
  /** What a paused campaign waits for and goes on with by itself: model, task, consent; else "". */
  waits_for?: WaitsFor;
  consent?: IConsent;
  runner_alive: boolean;
  damage: string;
  budget: IBudget;
  used: { trials: number; seconds: number; device_hours: number };
  statuses: { [status: string]: number };
  base: number | null;
  /** What is peculiar of the base's chat template, a sentence each. */
  base_notes?: string[];
  /** Classical baselines; empty for a task without a closed answer set. */
  baselines: IClassicalBaseline[];
  best: string | null;
  best_score: number | null;
  pending: string[];
  finalist: string | null;
  summary: string;
  /** Each opening of the sealed test split. */
  openings?: { trial: string; reason?: string }[];
  /** What it said, by the trial it was opened for. */
  tests?: { [trial: string]: IOpenedTest };
  calls: { [key: string]: number };
  metric: IMetric;
  /** What of the budget is used, in words. */
  meters: { name: string; used: number; limit: number | null; text: string }[];
  /** What waits for the person; "" when nothing does. */
  waiting: string;
  /** Why nothing moves although something should; null where all is well. */
  stalled: IStalled | null;
  /** The agent's service that is down and waited for; absent where none is. */
  outage?: IOutage;
  /** What the validation set can show at all. */
  smallest_effect: string;
  /** What of the budget is left, in words. */
  spending: string;
  /** A person's wish for proposals that is not fulfilled yet. */
  asked: IOpenWish | null;
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
  /** How far it was run, where that is not to its end. */
  rung?: INodeRung;
  verdict: string | null;
  verdict_best: string | null;
  difference: number | null;
  rule: string;
  /** Why the policy chose its parent, cut to a line; "" where nothing tells. */
  why: string;
  actor: string | null;
  /** Whose hypothesis it is: agent:<backend>, or person:<name> of who edited it. */
  author: string;
  edited: string[];
  stage: string | null;
  cached: string[];
  isolation: string;
  /** The device it runs or ran on, with its node; "" for the CPU of the runner's machine. */
  place: string;
  failure: string | null;
  attempts: number;
  seconds: number;
  stopping: boolean;
  pinned: boolean;
  /** Words that people find it again by. */
  tags: string[];
  /** How many notes people wrote down. */
  notes: number;
  /** The sequence number of the wish it answers; 0 where nobody asked. */
  wish: number;
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
