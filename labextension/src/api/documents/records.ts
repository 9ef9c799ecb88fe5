/** Made by tools/documents.py of src/ftassist/records: change it there. */

/** What is believed of a trial's true score. */
export interface IBelieved {
  trial: string;
  /** Posterior mean of the true score. */
  mean: number;
  /** Lower end of its 95 % interval. */
  low: number;
  high: number;
  /** Trials in its branch, itself included. */
  visits: number;
  /** The chance that it is the best of all. */
  chance: number;
}

/** Limits of a campaign. */
export interface IBudget {
  /** Accepted trials; the base and replicates are not counted. */
  trials: number;
  /** Training rows of one trial, counted by the program. */
  rows: number;
  /** Wall-clock seconds of all trials together. */
  seconds: number;
  /** US dollars for calls of the agent's models; the playbook makes none. */
  usd: number;
  /** Hours of all trials together, times the devices each holds; None for no such cap. */
  device_hours: number | null;
}

/** The campaigns below the server's root, newest first. */
export interface ICampaignList {
  schema: 'ftassist/campaigns/1';
  campaigns: ICampaignRow[];
  /** Whether the search for campaigns stopped before it had seen all folders. */
  cut: boolean;
}

/** A row of the list of campaigns. */
export interface ICampaignRow {
  id: string;
  name: string;
  /** Relative to the server's root. */
  path: string;
  task: string;
  model: string;
  backend: string;
  review: string;
  phase: 'new' | 'running' | 'paused' | 'stopped' | 'finished' | 'damaged';
  reason: string;
  /** What a paused campaign waits for; empty for a person's word. */
  waits_for: '' | 'model' | 'task' | 'consent' | 'nodes';
  seq: number;
  runner_alive: boolean;
  running: string[];
  pending: string[];
  best: string | null;
  best_score: number | null;
  base_score: number | null;
  trials_used: number;
  seconds_used: number;
  /** None where the journal cannot be read at all. */
  budget: IBudget | null;
  created: number;
  /** Why the journal cannot be read further; empty for a sound one. */
  damage: string;
}

/** A number of a recipe. */
export interface IKnobAxis {
  name: string;
  /** Whether it counts by orders of magnitude. */
  log: boolean;
  /** What it was in each of the trials. */
  values: number[];
}

/** What a number seems worth: its share of what the numbers explain. */
export interface IKnobWorth {
  name: string;
  share: number;
  /** Least of the middle 90 % over trials that are drawn again. */
  low: number;
  high: number;
}

/** The numbers of the scored trials, and what each seems worth. */
export interface IKnobs {
  schema: 'ftassist/knobs/1';
  /** Scored trials whose numbers are known, in the order they were proposed. */
  trials: string[];
  /** Theirs, in the metric's own direction. */
  scores: number[];
  /** The numbers, those that never varied too. */
  axes: IKnobAxis[];
  /** By PED-ANOVA, the most important first; none where that cannot be told. */
  worths: IKnobWorth[];
  /** Why it cannot be told; empty where it can. */
  why_not: string;
}

/** Limits of a budget that change; the others stay. */
export interface ILimits {
  trials?: number;
  rows?: number;
  seconds?: number;
  usd?: number;
  device_hours?: number | null;
}

/** Something that would be done next. */
export interface INextStep {
  /** A proposal from the trial; the trial on a fresh seed, run further, or without a change. */
  action: 'grow' | 'repeat' | 'promote' | 'ablate';
  trial: string;
  reason: string;
  /** Why not the runner-up; empty where there is none. */
  instead: string;
}

/** How far a trial was run, where that is not to its end. */
export interface INodeRung {
  /** As a share of its training. */
  rung: number;
  /** Whether it rests there; else it is running to it. */
  rests: boolean;
  /** The same in words, with what that cost; a score in it is none of the trial. */
  says: string;
}

/** How far off the earlier estimates of a campaign were. */
export interface IOffBy {
  /** How many estimates met the truth. */
  trials: number;
  /** How many times too high or too low, 1 or more: their geometric mean. */
  factor: number;
  /** The smallest of what was taken, as a share of what was estimated. */
  low: number;
  /** The largest. */
  high: number;
}

/** A trial that no other beats in every metric. */
export interface IOnFront {
  trial: string;
  /** What it got in each metric of the task, in the metric's own direction. */
  values: { [name: string]: number };
}

/** The wish for proposals that the agent works on. */
export interface IOpenWish {
  seq: number;
  parent: string | null;
  beside: string | null;
  count: number;
  /** What is wished for, in words; "" for nothing in particular. */
  words: string;
  /** Whether a person has cancelled it. */
  cancelling: boolean;
}

/** A service of the agent's model that is down and waited for. */
export interface IOutage {
  /** When it was first found to be down, in seconds since 1970. */
  since: number;
  /** How often it was asked in vain. */
  tries: number;
  /** When it is asked again. */
  again: number;
  /** When the campaign stops waiting and pauses. */
  until: number;
}

/** What a campaign is expected to cost from here to its end; nothing is done or spent. */
export interface IPlanDocument {
  schema: 'ftassist/plan/1';
  parts: IPlanPart[];
  /** Of all parts that are known; None where none is. */
  seconds: number | null;
  low: number | null;
  high: number | null;
  /** Whether all parts are known. */
  whole: boolean;
  /** Of the base, the trials and the finalist's seeds, as far as they are known. */
  device_hours: number | null;
  memory_mb: number | null;
  /** Tokens the trials train on. */
  tokens: number | null;
  /** For calls of the agent's models; None before one was made. */
  usd: number | null;
  /** What the cap leaves for them. */
  usd_left: number;
  /** Of the seconds of earlier trials; None before one was estimated and run. */
  off_by: IOffBy | null;
  /** Which cap is expected to end it before its trials are used; empty for none. */
  ends: string;
  /** The same in sentences. */
  lines: string[];
}

/** A part of a campaign that is still to be done. */
export interface IPlanPart {
  name: 'base' | 'trials' | 'seeds' | 'panel' | 'test';
  /** How many runs it is. */
  count: number;
  /** Of all of them; None where nothing is measured that tells. */
  seconds: number | null;
  /** The same as low as it may well be. */
  low: number | null;
  /** The same as high as it may well be. */
  high: number | null;
  /** What it is estimated from, in words. */
  basis: string;
}

/** A source of training rows. */
export interface IRowSource {
  source: string;
  rows: number;
}

/** A page of the rows that a trial trained on and that a filter lets pass. */
export interface IRowsPage {
  schema: 'ftassist/rows-page/1';
  trial: string;
  /** The place of the first row among those found, from 0. */
  start: number;
  rows: IShownRow[];
  found: number;
  total: number;
  /** Whether all rows were looked through; a very large file is looked through in part. */
  complete: boolean;
  /** Of all rows, the most frequent first. */
  sources: IRowSource[];
  /** Why no row is shown: none is here, or they are not known to be free of evaluation items. */
  withheld: string;
}

/** Some training rows as tokens. */
export interface IRowsTokens {
  schema: 'ftassist/rows-tokens/1';
  trial: string;
  rows: ITokenisedRow[];
}

/** A training row as the curate cell wrote it. */
export interface IShownRow {
  /** From 1. */
  row: number;
  id: string;
  source: string;
  /** Earlier turns of a very long row are left out. */
  turns: IShownTurn[];
  turns_left_out: number;
  /** What operators wrote down of it: how it was made or judged, a few words each. */
  why: string[];
}

/** A turn of a training row. */
export interface IShownTurn {
  role: string;
  content: string;
  /** Whether there is more of it. */
  cut: boolean;
  /** Whether it is an answer that is learned. */
  trained: boolean;
}

/** A token as text. */
export interface ITokenPiece {
  text: string;
  trained: boolean;
}

/** A training row as tokens, before rows are cut to the training's greatest length. */
export interface ITokenisedRow {
  row: number;
  tokens: number;
  /** How many of them are inside the loss. */
  trained: number;
  /** The first ones. */
  pieces: ITokenPiece[];
  /** Why it has none; empty where it has. */
  problem: string;
}

/** What a trial used while it ran; no samples where nothing was written down. */
export interface IUsage {
  schema: 'ftassist/usage/1';
  trial: string;
  running: boolean;
  /** Seconds between two samples. */
  every: number;
  /** Processors it could use. */
  cores: number | null;
  memory_limit_mb: number | null;
  /** The name of its GPU; null for none. */
  gpu: string | null;
  /** The memory that GPU has, in MiB. */
  gpu_memory_mb: number | null;
  samples: IUsageSample[];
}

/** What a trial's processes used over a while. */
export interface IUsageSample {
  /** Since its cells began, at the end of the while. */
  seconds: number;
  stage: string;
  /** Processors in use, on average. */
  cores: number;
  /** Resident memory of all its processes, in MiB, at most. */
  memory_mb: number;
  gpu_memory_mb: number | null;
  /** How busy its GPU was, 0 to 1. */
  gpu_share: number | null;
}

/** What the search policy would do next, and what is believed; nothing is done for it. */
export interface IWhatIf {
  schema: 'ftassist/what-if/1';
  /** Whose choices these are. */
  policy: string;
  /** The campaign's own policy. */
  own: string;
  /** Those that may be asked. */
  policies: string[];
  /** Best first; none where the policy waits. */
  next: INextStep[];
  /** The trial the campaign would end with now. */
  recommended: string | null;
  /** The trial that is taken, then those that cannot be told apart from it. */
  tied: string[];
  /** The same in words; empty where there is nothing to choose among. */
  tied_sentence: string;
  /** How sure one may be, and what one more seed or more items would buy, a sentence each. */
  sure: string[];
  /** The trials that no other beats in every metric; none where the task has only one. */
  front: IOnFront[];
  /** The same in words; empty where there is none. */
  front_sentence: string;
  /** The smallest difference between two trials of one run each that would be seen. */
  visible: number | null;
  /** Of the scored trials, the best first; of more than 128 those the model is fitted to. */
  beliefs: IBelieved[];
}
