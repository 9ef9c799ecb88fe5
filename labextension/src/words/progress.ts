/**
 * Where a running training is, in a few words; the bar beside them is drawn, not written.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IProgress } from '../api/documents';
import { duration, isNumber } from './numbers';
import { oneLine } from './text';

/** Such as "step 41/64 · loss 0.21 · 9 s left"; "" where nothing is known yet. */
export function progressText(progress: IProgress | null, trans: TranslationBundle): string {
  if (!progress || !isNumber(progress.step)) {
    return oneLine(progress?.text ?? '', 120);
  }
  const { step, steps, loss, seconds_left: left } = progress;
  const parts = [
    isNumber(steps)
      ? trans.__('step %1/%2', String(step), String(steps))
      : trans.__('step %1', String(step)),
    isNumber(loss) ? trans.__('loss %1', loss.toFixed(2)) : '',
    isNumber(left) ? trans.__('%1 left', duration(left)) : ''
  ];
  return parts.filter(Boolean).join(' · ');
}
