/**
 * Overview of a trial: the sentence of the verdict, predicted against observed, scores by view.
 */

import { PartialJSONObject } from '@lumino/coreutils';
import React from 'react';
import { IFeedback, ITrialPage } from '../api/documents';
import { useFace } from '../face';
import { IPlotProps, Plot } from '../plots/plot';
import { palette } from '../plots/theme';
import { interval, isNumber, percent, score } from '../words/numbers';
import { clean } from '../words/text';

/** Scores by view, the parent's as hollow marks, and rates. */
export function Scores(props: { page: ITrialPage }): JSX.Element | null {
  const { trans } = useFace();
  const { page } = props;
  const { feedback } = page;
  if (!isNumber(feedback.score)) {
    return null;
  }
  return (
    <section>
      <h3>{trans.__('Scores by view')}</h3>
      <Plot {...viewPlot(page, trans)} />
      <p className="jp-ft-muted">
        {trans.__(
          '%1 items · %2 of the answers could be read · %3 were cut off',
          feedback.n ?? 0,
          percent(feedback.parse_rate),
          percent(feedback.truncation_rate)
        )}
      </p>
      {page.shown_gain ? <p>{clean(page.shown_gain)}</p> : null}
    </section>
  );
}

/** The plot of scores by view. */
export function viewPlot(
  page: ITrialPage,
  trans: ReturnType<typeof useFace>['trans']
): IPlotProps {
  const colours = palette();
  const parent = page.parent_feedback;
  const names = Object.keys(page.feedback.views ?? {}).reverse();
  const rows = [...names, ALL].map(name => [name, at(page.feedback, name), at(parent, name)]);
  const label = (name: string): string => (name === ALL ? trans.__('all') : clean(name));
  const labels = [...names, ALL].map(label);
  const own = [...names, ALL].map(name => at(page.feedback, name));
  const before = [...names, ALL].map(name => at(parent, name));
  const traces: PartialJSONObject[] = [
    points(trans.__('%1 (parent)', parent.trial ?? '-'), before, labels, colours.faint, true),
    points(page.id, own, labels, colours.accent, false)
  ].slice(isNumber(parent.score) ? 0 : 1);
  return {
    label: trans.__('Scores with 95 % intervals'),
    traces,
    layout: { xaxis: { title: { text: page.metric.name } }, yaxis: { type: 'category' } },
    height: 90 + 34 * rows.length,
    table: {
      heads: [trans.__('View'), page.id, trans.__('Interval'), parent.trial ?? '-'],
      rows: [...names, ALL]
        .reverse()
        .map(name => [
          label(name),
          score(at(page.feedback, name)?.score),
          interval(at(page.feedback, name)?.low, at(page.feedback, name)?.high),
          score(at(parent, name)?.score)
        ])
    }
  };
}

const ALL = '\u0000all';

interface IPoint {
  score?: number;
  low?: number | null;
  high?: number | null;
}

function at(feedback: IFeedback, name: string): IPoint | undefined {
  return name === ALL ? feedback : feedback.views?.[name];
}

function points(
  name: string,
  values: (IPoint | undefined)[],
  labels: string[],
  color: string,
  hollow: boolean
): PartialJSONObject {
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: values.map(value => value?.score ?? null),
    y: labels,
    marker: { color, size: 10, symbol: hollow ? 'circle-open' : 'circle', line: { width: 2 } },
    error_x: {
      type: 'data',
      symmetric: false,
      array: values.map(value => (value?.high ?? value?.score ?? 0) - (value?.score ?? 0)),
      arrayminus: values.map(value => (value?.score ?? 0) - (value?.low ?? value?.score ?? 0)),
      color,
      thickness: hollow ? 1 : 2
    }
  };
}
