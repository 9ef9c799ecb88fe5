/**
 * The numbers of the scored trials: parallel coordinates, and what each number seems worth.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { PartialJSONObject } from '@lumino/coreutils';
import React from 'react';
import { IKnobAxis, IKnobs } from '../api/documents';
import { useFace } from '../face';
import { IPlotProps, Plot } from '../plots/plot';
import { palette } from '../plots/theme';
import { percent, precise, score } from '../words/numbers';
import { clean } from '../words/text';
import { useRead } from './use';

/** Trials that are drawn, the best ones; the table has all. */
const DRAWN = 60;

/** Both plots; read again when the campaign's scores change. */
export function Numbers(props: {
  campaign: string;
  /** Changes with the scores. */
  stamp: string;
  metric: { name: string; higher_is_better: boolean };
}): JSX.Element {
  const { store, trans } = useFace();
  const { campaign, metric } = props;
  const { found, problem } = useRead(props.stamp, () => store.api.knobs(campaign));
  if (!found) {
    return <p className="jp-ft-muted">{problem || trans.__('Reading the numbers…')}</p>;
  }
  if (found.trials.length < 2) {
    return (
      <p className="jp-ft-empty">
        {trans.__('There is nothing to compare yet: two scored trials with numbers are needed.')}
      </p>
    );
  }
  return (
    <>
      {problem && <p role="alert">{problem}</p>}
      <Plot {...parallelPlot(found, metric, trans)} />
      {found.worths.length > 0 ? (
        <Plot {...worthPlot(found, trans)} />
      ) : (
        <p className="jp-ft-muted">
          {trans.__('What each number seems worth is not told: %1.', clean(found.why_not))}
        </p>
      )}
    </>
  );
}

/** A line a trial through its numbers to its score. */
export function parallelPlot(
  found: IKnobs,
  metric: { name: string; higher_is_better: boolean },
  trans: TranslationBundle
): IPlotProps {
  const colours = palette();
  const varied = found.axes.filter(axis => new Set(axis.values).size > 1);
  const shown = varied.length > 0 ? varied : found.axes;
  const scores: IKnobAxis = { name: metric.name, log: false, values: found.scores };
  const places = [...shown, scores].map(placed);
  const sign = metric.higher_is_better ? 1 : -1;
  const order = found.trials
    .map((_, index) => index)
    .sort((a, b) => sign * (found.scores[b] - found.scores[a]));
  const drawn = order.slice(0, DRAWN);
  const columns = places.map((_, column) => column);
  const traces: PartialJSONObject[] = drawn
    .map((trial, rank) => ({
      type: 'scatter',
      mode: rank === 0 ? 'lines+markers' : 'lines',
      name: found.trials[trial],
      x: columns,
      y: columns.map(column => places[column][trial]),
      text: columns.map(() => lineText(found, trial, metric.name)),
      hoverinfo: 'text',
      showlegend: false,
      opacity: rank === 0 ? 1 : 0.75 - 0.5 * (rank / drawn.length),
      line: { color: rank === 0 ? colours.second : colours.accent, width: rank === 0 ? 3 : 1.5 }
    }))
    .reverse();
  return {
    label: trans.__(
      'The numbers of %1 scored trials up to their score; the thick line is %2, the best of them',
      drawn.length,
      found.trials[order[0]]
    ),
    traces,
    layout: {
      hovermode: 'closest',
      margin: { l: 56, r: 56, t: 24, b: 44 },
      xaxis: {
        tickvals: columns,
        ticktext: [...shown, scores].map(axis => knobName(axis.name)),
        range: [-0.15, columns.length - 0.85],
        showgrid: false,
        zeroline: false,
        fixedrange: true
      },
      yaxis: { visible: false, range: [-0.12, 1.12], fixedrange: true },
      shapes: columns.map(column => ({
        type: 'line',
        x0: column,
        x1: column,
        y0: 0,
        y1: 1,
        layer: 'below',
        line: { color: colours.faint, width: 1 }
      })),
      annotations: columns.flatMap(column => ends([...shown, scores][column], column, colours.ink))
    },
    height: 320,
    table: {
      heads: [
        trans.__('Trial'),
        ...found.axes.map(axis => knobName(axis.name)),
        clean(metric.name)
      ],
      rows: order.map(trial => [
        found.trials[trial],
        ...found.axes.map(axis => precise(axis.values[trial])),
        score(found.scores[trial], 3)
      ])
    }
  };
}

/** What each number seems worth, with the middle 90 % over trials that are drawn again. */
export function worthPlot(found: IKnobs, trans: TranslationBundle): IPlotProps {
  const colours = palette();
  const worths = [...found.worths].reverse();
  const names = worths.map(worth => knobName(worth.name));
  return {
    label: trans.__(
      'What each number seems worth: its share of what the numbers explain (PED-ANOVA), with the middle 90 % over %1 trials drawn again',
      found.trials.length
    ),
    traces: [
      {
        type: 'bar',
        orientation: 'h',
        name: trans.__('share'),
        x: worths.map(worth => worth.share),
        y: names,
        marker: { color: colours.accent, opacity: 0.6 },
        error_x: {
          type: 'data',
          symmetric: false,
          array: worths.map(worth => Math.max(0, worth.high - worth.share)),
          arrayminus: worths.map(worth => Math.max(0, worth.share - worth.low)),
          color: colours.ink,
          thickness: 2
        }
      }
    ],
    layout: {
      xaxis: { range: [0, 1], tickformat: '.0%' },
      yaxis: { type: 'category' },
      showlegend: false
    },
    height: 90 + 38 * names.length,
    table: {
      heads: [trans.__('Number'), trans.__('Share'), trans.__('Middle 90 %')],
      rows: found.worths.map(worth => [
        knobName(worth.name),
        percent(worth.share),
        trans.__('%1 to %2', percent(worth.low), percent(worth.high))
      ])
    }
  };
}

/** The values of an axis as heights from 0 to 1; in the middle where they are all the same. */
function placed(axis: IKnobAxis): number[] {
  const values = axis.values.map(value => (axis.log ? Math.log10(value) : value));
  const low = Math.min(...values);
  const high = Math.max(...values);
  return values.map(value => (high > low ? (value - low) / (high - low) : 0.5));
}

/** The least and the most of an axis, as text at its ends. */
function ends(axis: IKnobAxis, column: number, color: string): PartialJSONObject[] {
  const low = Math.min(...axis.values);
  const high = Math.max(...axis.values);
  const at = (y: number, value: number, shift: number): PartialJSONObject => ({
    x: column,
    y,
    text: precise(value, 3),
    showarrow: false,
    yshift: shift,
    font: { color, size: 11 }
  });
  return high > low ? [at(0, low, -10), at(1, high, 10)] : [at(0.5, low, 12)];
}

function lineText(found: IKnobs, trial: number, metric: string): string {
  const numbers = found.axes.map(axis => `${knobName(axis.name)} ${precise(axis.values[trial])}`);
  return [
    found.trials[trial],
    ...numbers,
    `${clean(metric)} ${score(found.scores[trial], 3)}`
  ].join('<br>');
}

function knobName(name: string): string {
  return clean(name).replace(/_/g, ' ');
}
