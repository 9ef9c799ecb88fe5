/**
 * A score as text with a tint for its place between the worst and the best of the campaign.
 */

import React from 'react';
import { INode } from '../api/documents';
import { interval, isNumber, score } from '../words/numbers';

/** The scores of a campaign from worst to best, in the metric's own direction. */
export interface IScale {
  worst: number;
  best: number;
}

/** The scale of some nodes; null where fewer than two scores differ. */
export function scaleOf(nodes: Iterable<INode>, higherIsBetter = true): IScale | null {
  let low = Infinity;
  let high = -Infinity;
  for (const node of nodes) {
    if (isNumber(node.score)) {
      low = Math.min(low, node.score);
      high = Math.max(high, node.score);
    }
  }
  if (!(high > low)) {
    return null;
  }
  return higherIsBetter ? { worst: low, best: high } : { worst: high, best: low };
}

/** A place between 0 (worst) and 1 (best). */
export function share(value: number | null, scale: IScale | null): number {
  return isNumber(value) && scale ? (value - scale.worst) / (scale.best - scale.worst) : 0;
}

/** The score of a node; its interval on hover. */
export function Score(props: { node: INode; scale: IScale | null }): JSX.Element | null {
  const { node, scale } = props;
  if (!isNumber(node.score)) {
    return null;
  }
  const style = { '--ft-share': share(node.score, scale).toFixed(3) } as React.CSSProperties;
  return (
    <span className="jp-ft-Score" style={style} title={interval(node.low, node.high)}>
      {score(node.score)}
    </span>
  );
}
