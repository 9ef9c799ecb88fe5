/**
 * Reasons people give often for a veto; they are offered, never sent by themselves.
 */

import { TranslationBundle } from '@jupyterlab/translation';

/** The reasons that are offered. */
export function commonReasons(trans: TranslationBundle): string[] {
  return [
    trans.__('no synthetic rows'),
    trans.__('changes too much at once'),
    trans.__('too slow for what it may bring'),
    trans.__('tried before without effect'),
    trans.__('risk of leakage from the evaluation set'),
    trans.__('the prediction is not credible')
  ];
}
