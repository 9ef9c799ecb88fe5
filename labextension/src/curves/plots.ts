/**
 * What plotly is told of curves: traces, axes, and the numbers for the table.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { PartialJSONObject } from '@lumino/coreutils';
import { IMetricsRow } from '../api/documents';
import { IPlotProps, ITable } from '../plots/plot';
import { palette } from '../plots/theme';
import { precise } from '../words/numbers';
import {
  ICurveSettings,
  IPoint,
  Over,
  Quantity,
  heldOutPoints,
  smoothed,
  thin,
  trainingPoints
} from './series';

/** Points of a line that are drawn at most. */
const DRAWN = 1500;
/** Rows of a trial in the table at most. */
const TOLD = 100;
/** Up to so many smoothed curves have what was measured drawn behind them. */
const FEW = 3;
/** Colours that are told apart on a light and on a dark ground (ColorBrewer's Dark2). */
const COLOURS = [
  '#1f77b4',
  '#d95f02',
  '#1b9e77',
  '#7570b3',
  '#e7298a',
  '#a6761d',
  '#66a61e',
  '#3d8f9e'
];
const GREY = '#8a8a8a';

/** A trial with its rows. */
export interface ICurve {
  trial: string;
  rows: readonly IMetricsRow[];
  /** Whether it is drawn grey, behind the others. */
  behind: boolean;
}

/** The colour of a curve by its place. */
export function colourOf(place: number, behind: boolean): string {
  return behind ? GREY : COLOURS[place % COLOURS.length];
}

/** The words for a quantity. */
export function quantityName(quantity: Quantity, trans: TranslationBundle): string {
  const names: { [name in Quantity]: string } = {
    loss: trans.__('Loss'),
    learning_rate: trans.__('Learning rate'),
    gradient_norm: trans.__('Gradient norm')
  };
  return names[quantity];
}

/** The words for what curves are drawn over. */
export function overName(over: Over, trans: TranslationBundle): string {
  const names: { [name in Over]: string } = {
    step: trans.__('Step'),
    tokens: trans.__('Tokens'),
    seconds: trans.__('Seconds')
  };
  return names[over];
}

/** A plot of one quantity of some trials. */
export function curvesPlot(
  curves: readonly ICurve[],
  settings: ICurveSettings,
  trans: TranslationBundle
): IPlotProps {
  const { quantity, over, log } = settings;
  const name = quantityName(quantity, trans);
  const lines = curves.map((curve, place) => lineOf(curve, place, settings));
  const drawn = lines.flatMap(line => tracesOf(line, settings, curves.length <= FEW, trans));
  // What is behind is drawn first.
  const traces = [...drawn].sort((a, b) => Number(b.behind) - Number(a.behind));
  return {
    label: labelOf(name, settings, trans),
    traces: traces.map(each => each.trace),
    layout: {
      xaxis: { title: { text: overName(over, trans) } },
      yaxis: log
        ? { title: { text: name }, type: 'log' }
        : { title: { text: name }, rangemode: 'tozero' },
      hovermode: 'x unified',
      // A person's zoom stays while curves grow.
      uirevision: `${quantity} ${over} ${String(log)}`,
      annotations: lines.flatMap(line => endOf(line, log)),
      margin: { l: 56, r: 56, t: 10, b: 40 }
    },
    table: tableOf(lines, settings, trans)
  };
}

function labelOf(name: string, settings: ICurveSettings, trans: TranslationBundle): string {
  const words: { [name in Over]: string } = {
    step: trans.__('%1 by training step', name),
    tokens: trans.__('%1 by tokens trained on', name),
    seconds: trans.__('%1 by seconds of training', name)
  };
  const label = words[settings.over];
  return settings.smoothing > 0
    ? trans.__('%1, smoothed by %2', label, settings.smoothing.toFixed(2))
    : label;
}

/** A curve as it is drawn. */
interface ILine extends ICurve {
  colour: string;
  measured: IPoint[];
  smooth: IPoint[];
  heldOut: IPoint[];
}

function lineOf(curve: ICurve, place: number, settings: ICurveSettings): ILine {
  const { quantity, over, smoothing } = settings;
  const measured =
    settings.training || quantity !== 'loss' ? trainingPoints(curve.rows, quantity, over) : [];
  const checked = settings.heldOut && quantity === 'loss';
  return {
    ...curve,
    colour: colourOf(place, curve.behind),
    measured,
    smooth: smoothing > 0 ? smoothed(measured, smoothing) : measured,
    heldOut: checked ? heldOutPoints(curve.rows, over) : []
  };
}

interface ITrace {
  behind: boolean;
  trace: PartialJSONObject;
}

function tracesOf(
  line: ILine,
  settings: ICurveSettings,
  few: boolean,
  trans: TranslationBundle
): ITrace[] {
  const { trial, behind, colour } = line;
  const traces: ITrace[] = [];
  if (few && settings.smoothing > 0) {
    const raw = { color: colour, width: 1 };
    const quiet = { opacity: 0.3, showlegend: false, hoverinfo: 'skip' };
    traces.push({
      behind: true,
      trace: { ...xy(line.measured), ...quiet, type: 'scatter', mode: 'lines', line: raw }
    });
  }
  if (line.smooth.length > 0) {
    traces.push({
      behind,
      trace: {
        ...xy(line.smooth),
        type: 'scatter',
        mode: line.smooth.length === 1 ? 'markers' : 'lines',
        name: trial,
        line: { color: colour, width: behind ? 1.4 : 2.2 },
        marker: { color: colour }
      }
    });
  }
  if (line.heldOut.length > 0) {
    traces.push({
      behind,
      trace: {
        ...xy(line.heldOut),
        type: 'scatter',
        mode: 'lines+markers',
        name: trans.__('%1 on held-out rows', trial),
        line: { color: colour, width: 1.4, dash: 'dot' },
        marker: { symbol: 'diamond', size: 8, color: colour }
      }
    });
  }
  return traces;
}

function xy(points: readonly IPoint[]): PartialJSONObject {
  const kept = thin(points, DRAWN);
  return { x: kept.map(point => point.x), y: kept.map(point => point.y) };
}

/** The name of a trial at the end of its line, so that colours are not needed. */
function endOf(line: ILine, log: boolean): PartialJSONObject[] {
  const last = line.smooth[line.smooth.length - 1] ?? line.heldOut[line.heldOut.length - 1];
  if (!last || (log && last.y <= 0)) {
    return [];
  }
  const ink = line.behind ? palette().faint : line.colour;
  return [
    {
      x: last.x,
      y: log ? Math.log10(last.y) : last.y,
      text: line.trial,
      xanchor: 'left',
      xshift: 4,
      showarrow: false,
      font: { color: ink }
    }
  ];
}

function tableOf(
  lines: readonly ILine[],
  settings: ICurveSettings,
  trans: TranslationBundle
): ITable {
  const name = quantityName(settings.quantity, trans);
  const held = lines.some(line => line.heldOut.length > 0);
  const heads = [trans.__('Trial'), overName(settings.over, trans), name];
  const rows = lines.flatMap(line => {
    const trained = thin(line.smooth, TOLD).map(point => [line.trial, point.x, precise(point.y)]);
    const checked = thin(line.heldOut, TOLD).map(point => [
      line.trial,
      point.x,
      precise(point.y),
      trans.__('held-out rows')
    ]);
    return held
      ? [...trained.map(row => [...row, trans.__('training rows')]), ...checked]
      : trained;
  });
  return { heads: held ? [...heads, trans.__('Of')] : heads, rows };
}
