/**
 * What is believed of the trials of a campaign, as a plot with its table.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { PartialJSONObject } from '@lumino/coreutils';
import { IBelieved, INode, IWhatIf } from '../api/documents';
import { IPlotProps } from '../plots/plot';
import { palette } from '../plots/theme';
import { interval, isNumber, score } from '../words/numbers';
import { chanceText } from './words';

/** Trials that are drawn; the table has all. */
const DRAWN = 30;

/** Posterior means with their intervals, what was measured as hollow marks behind. */
export function believedPlot(
  outlook: IWhatIf,
  nodes: ReadonlyMap<string, INode>,
  metric: string,
  trans: TranslationBundle
): IPlotProps {
  const colours = palette();
  const drawn = outlook.beliefs.slice(0, DRAWN);
  const tied = drawn.filter(each => outlook.tied.includes(each.trial));
  const apart = drawn.filter(each => !outlook.tied.includes(each.trial));
  const measured = drawn.filter(each => isNumber(nodes.get(each.trial)?.score));
  const traces: PartialJSONObject[] = [
    {
      type: 'scatter',
      mode: 'markers',
      name: trans.__('measured'),
      x: measured.map(each => nodes.get(each.trial)!.score),
      y: measured.map(each => each.trial),
      marker: { symbol: 'circle-open', size: 9, color: colours.faint, line: { width: 2 } }
    },
    points(trans.__('cannot be told apart from the choice'), tied, colours.accent, 'circle'),
    points(trans.__('told apart'), apart, colours.faint, 'diamond')
  ];
  return {
    label: trans.__('Posterior means of the true scores with 95 % intervals'),
    traces: traces.filter(trace => (trace.x as unknown[]).length > 0),
    layout: {
      xaxis: { title: { text: metric } },
      yaxis: {
        type: 'category',
        categoryorder: 'array',
        categoryarray: drawn.map(each => each.trial).reverse()
      }
    },
    height: 120 + 26 * drawn.length,
    table: {
      heads: [
        trans.__('Trial'),
        trans.__('Posterior mean'),
        trans.__('95 % interval'),
        trans.__('Visits'),
        trans.__('Chance to be best')
      ],
      rows: outlook.beliefs.map(each => [
        each.trial,
        score(each.mean, 3),
        interval(each.low, each.high),
        each.visits,
        chanceText(each.chance, trans)
      ])
    }
  };
}

function points(
  name: string,
  beliefs: readonly IBelieved[],
  color: string,
  symbol: string
): PartialJSONObject {
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: beliefs.map(each => each.mean),
    y: beliefs.map(each => each.trial),
    marker: { color, size: 10, symbol },
    error_x: {
      type: 'data',
      symmetric: false,
      array: beliefs.map(each => each.high - each.mean),
      arrayminus: beliefs.map(each => each.mean - each.low),
      color,
      thickness: 2
    }
  };
}
