/**
 * Predicted against observed: two bars on one axis, and the same in words.
 */

import React from 'react';
import { IInterval } from '../api/documents';
import { useFace } from '../face';
import { isNumber, range, signed } from '../words/numbers';

const WIDTH = 360;
const LEFT = 72;
const HEIGHT = 62;

/** The predicted change as a bar, the observed one with its interval below it. */
export function PredictionBars(props: {
  predicted: IInterval;
  observed: number | null;
  interval: IInterval | null;
}): JSX.Element | null {
  const { trans } = useFace();
  const { predicted, observed, interval } = props;
  const { low, high } = predicted;
  if (!isNumber(low) || !isNumber(high)) {
    return null;
  }
  const values = [low, high, 0, observed, interval?.low, interval?.high].filter(isNumber);
  const from = Math.min(...values);
  const span = Math.max(...values) - from || 1;
  const x = (value: number): number => LEFT + ((value - from) / span) * (WIDTH - LEFT - 40) + 4;
  const label = isNumber(observed)
    ? trans.__('predicted %1, observed %2', range(low, high, trans), signed(observed))
    : trans.__('predicted %1', range(low, high, trans));
  return (
    <svg
      className="jp-ft-Prediction"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      <line className="jp-ft-axis" x1={x(0)} x2={x(0)} y1={2} y2={HEIGHT - 14} />
      <text x={x(0)} y={HEIGHT - 3} textAnchor="middle">
        0
      </text>
      <text x={0} y={17}>
        {trans.__('predicted')}
      </text>
      <rect
        className="jp-ft-predicted"
        x={x(low)}
        y={7}
        width={Math.max(2, x(high) - x(low))}
        height={13}
        rx={2}
      />
      {isNumber(observed) && (
        <>
          <text x={0} y={41}>
            {trans.__('observed')}
          </text>
          {isNumber(interval?.low) && isNumber(interval?.high) && (
            <line
              className="jp-ft-observed"
              x1={x(interval!.low!)}
              x2={x(interval!.high!)}
              y1={37}
              y2={37}
            />
          )}
          <circle className="jp-ft-observed" cx={x(observed)} cy={37} r={4.5} />
          <text x={Math.min(WIDTH - 36, x(observed) + 8)} y={32}>
            {signed(observed)}
          </text>
        </>
      )}
    </svg>
  );
}
