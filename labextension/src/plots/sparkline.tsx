/**
 * A loss curve in the space of a word, with what it shows in words beside it.
 */

import React from 'react';
import { IMetricsRow } from '../api/documents';
import { useFace } from '../face';
import { isNumber, score } from '../words/numbers';

const WIDTH = 120;
const HEIGHT = 22;
const POINTS = 120;

/** The losses of a curve as a line. */
export function Sparkline(props: { rows: readonly IMetricsRow[] }): JSX.Element | null {
  const { trans } = useFace();
  const losses = props.rows.map(row => row.loss).filter(isNumber);
  if (losses.length < 2) {
    return null;
  }
  const first = losses[0];
  const last = losses[losses.length - 1];
  return (
    <svg
      className="jp-ft-Sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={trans.__('loss from %1 to %2', score(first), score(last))}
    >
      <polyline points={sparkPoints(losses)} fill="none" />
    </svg>
  );
}

/** The points of a line through some values, thinned out and fitted into the box. */
export function sparkPoints(values: readonly number[]): string {
  const step = Math.max(1, Math.ceil(values.length / POINTS));
  const kept = values.filter((_, index) => index % step === 0 || index === values.length - 1);
  const low = Math.min(...kept);
  const span = Math.max(...kept) - low || 1;
  return kept
    .map((value, index) => {
      const x = (index / (kept.length - 1)) * (WIDTH - 2) + 1;
      const y = HEIGHT - 2 - ((value - low) / span) * (HEIGHT - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
