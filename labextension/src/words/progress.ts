/**
 * Where a running trial is, in a few words; the bar beside them is drawn, not written.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IProgress } from '../api/documents';
import { duration, isNumber, score } from './numbers';
import { oneLine } from './text';

/** The trial of the untouched base model. */
export const BASE = 't0000';

/** Such as "step 41/64 · loss 0.21 · 9 s left"; "" where nothing is known yet. */
export function progressText(progress: IProgress | null, trans: TranslationBundle): string {
  if (!progress) {
    return '';
  }
  const counted = countedText(progress, trans);
  if (!counted) {
    return oneLine(progress.text, 120);
  }
  const { loss, seconds_left: left } = progress;
  const parts = [
    counted,
    isNumber(loss) ? trans.__('loss %1', score(loss)) : '',
    isNumber(left) ? trans.__('%1 left', duration(left)) : ''
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The share of the stage that is done; null where nothing is counted. */
export function progressShare(progress: IProgress | null): number | null {
  const { step, steps, items, of_items: of } = progress ?? {};
  if (isNumber(items) && isNumber(of) && of > 0) {
    return Math.min(1, items / of);
  }
  return isNumber(step) && isNumber(steps) && steps > 0 ? Math.min(1, step / steps) : null;
}

/** What a trial does, in words: its stage, or that the base model is scored. */
export function doingText(
  trial: string,
  progress: IProgress | null,
  trans: TranslationBundle
): string {
  const stage = progress?.stage ?? '';
  const named =
    trial === BASE && stage === 'evaluate' ? trans.__('scoring the base model') : stage;
  const counted = progress ? countedText(progress, trans) : '';
  return [named, counted && progressText(progress, trans)].filter(Boolean).join(' · ');
}

function countedText(progress: IProgress, trans: TranslationBundle): string {
  const { step, steps, items, of_items: of } = progress;
  if (isNumber(items) && isNumber(of) && of > 0) {
    return trans.__('%1 of %2 items', String(items), String(of));
  }
  return isNumber(step) && isNumber(steps) && steps > 0
    ? trans.__('step %1/%2', String(step), String(steps))
    : '';
}
