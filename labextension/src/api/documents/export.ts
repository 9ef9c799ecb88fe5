/** What is exported of a trial, and what came of it. */

import { ITold } from './start';

export type ExportForm =
  'adapter' | 'merged' | 'vllm' | 'gguf' | 'ollama' | 'trl-yaml' | 'axolotl' | 'python';

export interface IExportBody {
  form: ExportForm;
  /** Of merged weights. */
  numbers?: string;
  /** Of a GGUF file. */
  quantisation?: string;
  /** Most it may lose, in the metric's unit; the usual where it is left out. */
  bound?: number;
  /** The trial's id, named again, to keep one that does not behave as scored. */
  force?: string;
}

/** An export that is kept. */
export interface IExported {
  path: string;
  /** The difference with its interval, what loaded it, what was not tried. */
  sentences: string[];
  forced: boolean;
  [name: string]: unknown;
}

export interface IExporting {
  schema: string;
  trial: string;
  form: string;
  phase: 'exporting' | 'done' | 'failed' | 'cancelled';
  steps: string[];
  export: IExported | null;
  error: ITold | null;
}
