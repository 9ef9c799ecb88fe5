/**
 * The metrics that a task of one's own can have, in words.
 */

import { TranslationBundle } from '@jupyterlab/translation';

export const METRICS = ['accuracy', 'exact_match', 'macro_f1', 'numeric', 'rougeL', 'regex'];

/** What each metric calls right. */
export function metricWords(trans: TranslationBundle): { [name: string]: string } {
  return {
    accuracy: trans.__('accuracy: the right label; case and quotes do not count'),
    exact_match: trans.__('exact match: the right answer and nothing else'),
    macro_f1: trans.__('macro F1: the mean F1 of the labels'),
    numeric: trans.__('numeric: the last number is the right one'),
    rougeL: trans.__('ROUGE-L: a fraction, against the right text'),
    regex: trans.__('pattern: its first group is the right answer')
  };
}
