/**
 * Training curves as points of a plot: over what, how smooth, how many. Pure functions.
 */

import { IMetricsRow } from '../api/documents';
import { isNumber } from '../words/numbers';

/** What is drawn. */
export type Quantity = 'loss' | 'learning_rate' | 'gradient_norm';
/** What it is drawn over. */
export type Over = 'step' | 'tokens' | 'seconds';

/** How curves are drawn. */
export interface ICurveSettings {
  quantity: Quantity;
  over: Over;
  /** From 0, as it was measured, to less than 1. */
  smoothing: number;
  /** Whether the vertical axis is logarithmic. */
  log: boolean;
  /** Whether losses on training rows are drawn. */
  training: boolean;
  /** Whether losses on held-out rows are drawn. */
  heldOut: boolean;
}

/** Curves as they are drawn until a person says otherwise. */
export const USUAL: ICurveSettings = {
  quantity: 'loss',
  over: 'step',
  smoothing: 0,
  log: false,
  training: true,
  heldOut: true
};

/** A point of a curve. */
export interface IPoint {
  x: number;
  y: number;
}

/** The points of a training, as measured. */
export function trainingPoints(
  rows: readonly IMetricsRow[],
  quantity: Quantity,
  over: Over
): IPoint[] {
  return rows
    .filter(row => !isNumber(row.eval_loss) && isNumber(row[quantity]) && isNumber(row[over]))
    .map(row => ({ x: Number(row[over]), y: Number(row[quantity]) }));
}

/** The losses on held-out rows; these tell a step only: where it lies, the training before says. */
export function heldOutPoints(rows: readonly IMetricsRow[], over: Over): IPoint[] {
  const points: IPoint[] = [];
  let at: number | null = null;
  for (const row of rows) {
    if (!isNumber(row.eval_loss)) {
      at = isNumber(row[over]) ? Number(row[over]) : at;
      continue;
    }
    const x = over === 'step' && isNumber(row.step) ? row.step : at;
    if (x !== null) {
      points.push({ x, y: row.eval_loss });
    }
  }
  return points;
}

/**
 * An exponential mean of the points so far, without the pull of its beginning.
 *
 * @param weight - How much of the mean stays with each point: 0 for the points as they are.
 */
export function smoothed(points: readonly IPoint[], weight: number): IPoint[] {
  let mean = 0;
  let seen = 0;
  return points.map(({ x, y }) => {
    mean = weight * mean + (1 - weight) * y;
    seen = weight * seen + (1 - weight);
    return { x, y: mean / seen };
  });
}

/** At most `most` of some points or rows, evenly, the last always. */
export function thin<T>(rows: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(rows.length / most));
  return rows.filter((_, index) => index % step === 0 || index === rows.length - 1);
}
