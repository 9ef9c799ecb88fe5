/**
 * The form of an export as data: what there is to choose, what is wrong, and its command.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ExportForm, IExportBody } from '../api/documents';
import { quoted } from '../start/quoted';

/** What is wanted: a plain copy of the files, or a form that is scored again. */
export type Wanted = ExportForm | 'copy';

/** The fields, as a person typed them. */
export interface IExportForm {
  wanted: Wanted;
  numbers: string;
  quantisation: string;
  bound: string;
  force: string;
}

export const FIRST: IExportForm = {
  wanted: 'merged',
  numbers: 'bfloat16',
  quantisation: 'q8_0',
  bound: '',
  force: ''
};
export const NUMBERS = ['bfloat16', 'float32'];
export const QUANTISATIONS = ['f32', 'f16', 'bf16', 'q8_0', 'q5_1', 'q5_0', 'q4_1', 'q4_0'];

/** Whether a form has weights in numbers that can be chosen. */
export function hasNumbers(wanted: Wanted): boolean {
  return wanted === 'merged' || wanted === 'vllm';
}

/** Whether a form is made of a GGUF file. */
export function hasQuantisation(wanted: Wanted): boolean {
  return wanted === 'gguf' || wanted === 'ollama';
}

/** Whether a form is a model, scored again before it is kept. */
export function isScored(wanted: Wanted): boolean {
  return !['copy', 'trl-yaml', 'axolotl', 'python'].includes(wanted);
}

/** The forms, each with what it is for. */
export function wantedWords(trans: TranslationBundle): [Wanted, string][] {
  return [
    ['merged', trans.__('merged weights, which transformers loads')],
    ['adapter', trans.__('adapter, to be laid over the base')],
    ['vllm', trans.__('folder that vLLM serves')],
    ['gguf', trans.__('GGUF file for llama.cpp')],
    ['ollama', trans.__('GGUF file with a Modelfile for Ollama')],
    ['trl-yaml', trans.__('training as a YAML for trl sft')],
    ['axolotl', trans.__('training as a YAML for Axolotl')],
    ['python', trans.__('training as a Python script')],
    ['copy', trans.__('copy of the files as they are, not scored again')]
  ];
}

/** What is wrong with the bound; "" where nothing is. */
export function wrongBound(form: IExportForm, trans: TranslationBundle): string {
  const sound = /^([0-9]{1,9}([.][0-9]{1,6})?)?$/.test(form.bound.trim());
  return sound || !isScored(form.wanted) ? '' : trans.__('A number from 0 on, such as %1.', 0.01);
}

/** What the form asks of the server; null for a plain copy. */
export function bodyOf(form: IExportForm): IExportBody | null {
  const { wanted } = form;
  if (wanted === 'copy') {
    return null;
  }
  return {
    form: wanted,
    ...(hasNumbers(wanted) ? { numbers: form.numbers } : {}),
    ...(hasQuantisation(wanted) ? { quantisation: form.quantisation } : {}),
    ...(isScored(wanted) && form.bound.trim() ? { bound: Number(form.bound) } : {}),
    ...(isScored(wanted) && form.force.trim() ? { force: form.force.trim() } : {})
  };
}

/** The command that does the same in the server's folder. */
export function commandOf(form: IExportForm, trial: string, folder: string): string {
  const words = ['ftassist export', trial];
  const body = bodyOf(form);
  if (body) {
    words.push('--as', body.form);
  }
  if (body?.numbers && body.numbers !== FIRST.numbers) {
    words.push('--numbers', body.numbers);
  }
  if (body?.quantisation && body.quantisation !== FIRST.quantisation) {
    words.push('--quantisation', body.quantisation);
  }
  if (body?.bound !== undefined) {
    words.push('--bound', String(body.bound));
  }
  if (body?.force) {
    words.push('--force', quoted(body.force));
  }
  words.push('--campaign', quoted(folder));
  return words.join(' ');
}
