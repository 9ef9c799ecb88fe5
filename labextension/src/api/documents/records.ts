/** Made by tools/documents.py of src/ftassist/records: change it there. */

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

/** Limits of a budget that change; the others stay. */
export interface ILimits {
  trials?: number;
  rows?: number;
  seconds?: number;
  usd?: number;
}

/** The wish for proposals that the agent works on. */
export interface IOpenWish {
  seq: number;
  parent: string | null;
  beside: string | null;
  count: number;
  /** Whether a person has cancelled it. */
  cancelling: boolean;
}
