/**
 * What the search believes and would do, in words. Reasons and sentences come from the server.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IBelieved, INextStep } from '../api/documents';
import { interval, percent, score } from '../words/numbers';

/** Such as "posterior 0.80 [0.75, 0.84] · visits 3"; no line ends within an interval. */
export function beliefText(belief: IBelieved, trans: TranslationBundle): string {
  return trans.__('%1 · visits %2', shortBelief(belief, trans), belief.visits);
}

/** The same without its visits, for where there is little room. */
export function shortBelief(belief: IBelieved, trans: TranslationBundle): string {
  const ends = interval(belief.low, belief.high).replace(' ', '\u00a0');
  return trans.__('posterior %1 %2', score(belief.mean), ends);
}

/** What would be done, before the trial it is about. */
export function actionText(step: INextStep, trans: TranslationBundle): string {
  const words: { [action in INextStep['action']]: string } = {
    grow: trans.__('grow from'),
    repeat: trans.__('train again, on a fresh seed,'),
    promote: trans.__('run further'),
    ablate: trans.__('leave a change out of')
  };
  return words[step.action];
}

/** A chance in words: it is known from draws, so never quite none or all. */
export function chanceText(chance: number, trans: TranslationBundle): string {
  if (chance < 0.01) {
    return trans.__('below 1 %');
  }
  return chance > 0.99 ? trans.__('above 99 %') : percent(chance);
}
