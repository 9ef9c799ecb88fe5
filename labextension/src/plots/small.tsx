/**
 * A small curve over time with its highest value, and where one stage gave way to the next.
 */

import React from 'react';
import { duration } from '../words/numbers';

const WIDTH = 260;
const HEIGHT = 64;
const LEFT = 2;
/** Room for the names of stages below. */
const BELOW = 14;
/** Below this width, in pixels, the name of a stage has no room. */
const NARROW = 34;

/** A value at a time. */
export interface ISmallPoint {
  x: number;
  y: number;
}

/** A stage and when it ended. */
export interface ISpan {
  name: string;
  from: number;
  to: number;
}

/** What is drawn. */
export interface ISmallCurveProps {
  name: string;
  points: readonly ISmallPoint[];
  /** The top of the axis: what there is at most, where that is known. */
  top: number;
  stages: readonly ISpan[];
  /** A value in words. */
  say: (value: number) => string;
  /** The curve in a sentence. */
  label: string;
}

/** A small curve with its name and its highest value. */
export function SmallCurve(props: ISmallCurveProps): JSX.Element {
  const { name, points, stages, say, label } = props;
  const last = points[points.length - 1].x || 1;
  const highest = Math.max(...points.map(point => point.y));
  const top = Math.max(props.top, highest) || 1;
  const x = (value: number): number => LEFT + (value / last) * (WIDTH - 2 * LEFT);
  const y = (value: number): number => HEIGHT - (value / top) * (HEIGHT - 4);
  const line = points.map(point => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`);
  const area = [`${x(points[0].x).toFixed(1)},${HEIGHT}`, ...line, `${x(last)},${HEIGHT}`];
  return (
    <figure className="jp-ft-Small">
      <figcaption>
        <strong>{name}</strong> <span className="jp-ft-muted">{say(highest)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT + BELOW}`}
        width={WIDTH}
        height={HEIGHT + BELOW}
        role="img"
        aria-label={label}
      >
        {stages.map((stage, index) => (
          <React.Fragment key={index}>
            {index > 0 && (
              <line
                className="jp-ft-axis"
                x1={x(stage.from)}
                x2={x(stage.from)}
                y1={0}
                y2={HEIGHT}
              />
            )}
            {x(stage.to) - x(stage.from) > NARROW && (
              <text x={(x(stage.from) + x(stage.to)) / 2} y={HEIGHT + 11} textAnchor="middle">
                {stage.name}
              </text>
            )}
          </React.Fragment>
        ))}
        <polygon points={area.join(' ')} />
        <polyline points={line.join(' ')} fill="none" />
        <line className="jp-ft-axis" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <span className="jp-ft-muted">{duration(last)}</span>
    </figure>
  );
}
