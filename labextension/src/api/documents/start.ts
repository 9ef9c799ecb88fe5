/** What a campaign can be begun with, and one that is being made. */

export type BudgetName = 'trials' | 'rows' | 'seconds' | 'usd' | 'device_hours';

/** Limits by name; null for a cap that is not set. */
export type Limits = { [name in BudgetName]?: number | null };

export interface IStartTask {
  key: string;
  title: string;
  domain: string;
  metric: string;
  licence: string;
  /** Where its data lies. */
  data: string;
  /** Why its card cannot be read; "" for a sound one. */
  problem: string;
  /** Whether its data is on the server's machine. */
  here: boolean;
  /** Whether it is a task below ./tasks. */
  own: boolean;
  budget: Limits;
  /** The next free folder for a campaign on it. */
  folder: string;
}

export interface IStartModel {
  key: string;
  /** Parameters in words; "" where its files do not tell. */
  size: string;
  title: string;
  licence: string;
  page: string;
  good_for: string;
  commercial: boolean;
  gated: boolean;
  here: boolean;
  /** Whether it only stands in for a real model. */
  teaching: boolean;
  /** What a fetch takes, in MB; 0 where it cannot be fetched. */
  fetch_mb: number;
  /** What weights, gradients and optimizer take by way of training, in MiB. */
  needs: { lora?: number; full?: number };
  /** Ways of training that leave room for rows. */
  fits: ('lora' | 'full')[];
}

export type ExecutorName = 'local' | 'ray';

export type AgentName = 'playbook' | 'anthropic';

/** A draft of a task that was begun and not sealed. */
export interface IDraftLeft {
  name: string;
  /** The id of the act that is under way. */
  drafting: string | null;
}

export interface IStart {
  tasks: IStartTask[];
  drafts: IDraftLeft[];
  models: IStartModel[];
  /** The model that is chosen unless a person chooses. */
  model: string;
  agents: { key: AgentName; available: boolean }[];
  agent: AgentName;
  policies: { key: string; available: boolean }[];
  /** The policy that is chosen unless a person chooses. */
  policy: string;
  /** Where trials can run; the first unless a person chooses. */
  executors: { key: ExecutorName; available: boolean }[];
  /** Proposals that may be asked for at once. */
  most_variants: number;
  memory_mb: number;
  fewest_items: number;
  /** The budget of a task that is made of own files. */
  own_budget: Limits;
}

/** A campaign that a person wants; what is left out is as `ftassist init` has it. */
export interface INewCampaign {
  task: string;
  model: string;
  fetch?: boolean;
  backend?: AgentName;
  /** Whether the agent may ask arXiv and the Hub. */
  look_outside?: boolean;
  policy?: string;
  variants?: number;
  executor?: ExecutorName;
  /** Where the Ray cluster is. */
  address?: string;
  review?: string;
  budget?: Limits;
  validation_items?: number;
  test_items?: number;
  folder?: string;
}

/** A campaign that is being made. */
export interface IMaking {
  id: string;
  phase: 'fetching' | 'making' | 'done' | 'failed' | 'cancelled';
  doing: string;
  /** Bytes so far, and in all; 0 where unknown. */
  done: number;
  total: number;
  /** The campaign's id, once it is made. */
  campaign: string | null;
  error: ITold | null;
}

/** An error that is told in a document. */
export interface ITold {
  message: string;
  where: string;
  what_to_do: string;
  code: string;
}
