/** Trials side by side. */

import { ICellDiff, IMetric, IParameterChange, IViewScore } from './common';

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
