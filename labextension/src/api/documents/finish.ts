/** How a campaign ends: the sealed test split, and the report. */

import { ITold } from './start';

/** For which trial the test split is opened. */
export interface ITestBody {
  trial: string;
  /** Although it was opened before, which the report tells. */
  again?: boolean;
}

export interface IOpening {
  schema: string;
  trial: string;
  phase: 'scoring' | 'done' | 'failed' | 'cancelled';
  steps: string[];
  /** What the test says of the trial; "" before. */
  sentence: string;
  error: ITold | null;
}

/** The report: a page that runs nothing and asks for nothing. */
export interface IReportPage {
  schema: string;
  id: string;
  seq: number;
  html: string;
}
