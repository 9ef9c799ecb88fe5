/**
 * The training curve, its parent's grey behind it.
 */

import { PartialJSONObject } from '@lumino/coreutils';
import React from 'react';
import { IMetricsRow, ITrialPage } from '../api/documents';
import { errorText } from '../api/errors';
import { useFace } from '../face';
import { IPlotProps, Plot } from '../plots/plot';
import { palette } from '../plots/theme';
import { isNumber, precise } from '../words/numbers';
import { TrialPageModel } from './model';

/** The curves of a trial and of its parent. */
export function Curves(props: { model: TrialPageModel; page: ITrialPage }): JSX.Element {
  const { trans } = useFace();
  const { model, page } = props;
  const [own, setOwn] = React.useState<IMetricsRow[] | null>(null);
  const [parent, setParent] = React.useState<IMetricsRow[]>([]);
  const [problem, setProblem] = React.useState('');
  React.useEffect(() => {
    let gone = false;
    const read = async (): Promise<void> => {
      const rows = await model.curve(page.id);
      const before = page.parent ? await model.curve(page.parent) : [];
      if (!gone) {
        setOwn(rows);
        setParent(before);
      }
    };
    read().catch(error => setProblem(errorText(error)));
    return () => {
      gone = true;
    };
  }, [model, page.id, page.parent, page.seq]);
  if (problem) {
    return <p role="alert">{problem}</p>;
  }
  if (own === null) {
    return <p className="jp-ft-muted">{trans.__('Reading the curve…')}</p>;
  }
  if (own.length === 0) {
    return <p className="jp-ft-empty">{curveMissing(page, trans)}</p>;
  }
  return (
    <>
      <Plot {...curvePlot(page, own, parent, 'loss', trans)} />
      <Plot {...curvePlot(page, own, parent, 'learning_rate', trans)} />
    </>
  );
}

function curveMissing(page: ITrialPage, trans: ReturnType<typeof useFace>['trans']): string {
  const from = page.stages.train?.cached_from;
  if (from) {
    return trans.__(
      'This trial did not train: its model comes from %1, whose page has the curve.',
      from
    );
  }
  return page.role === 'base'
    ? trans.__('The base model is scored as it is; it has no training curve.')
    : trans.__('No training step yet. The curve appears with the first one.');
}

/** A plot of one quantity over the steps. */
export function curvePlot(
  page: ITrialPage,
  own: readonly IMetricsRow[],
  parent: readonly IMetricsRow[],
  quantity: 'loss' | 'learning_rate',
  trans: ReturnType<typeof useFace>['trans']
): IPlotProps {
  const colours = palette();
  const name = quantity === 'loss' ? trans.__('Loss') : trans.__('Learning rate');
  const traces = [
    line(trans.__('%1 (parent)', page.parent ?? ''), parent, quantity, colours.faint, 1.2),
    line(page.id, own, quantity, colours.accent, 2.2)
  ].slice(parent.length > 0 ? 0 : 1);
  const checked = own.filter(row => isNumber(row.eval_loss));
  if (quantity === 'loss' && checked.length > 0) {
    traces.push({
      type: 'scatter',
      mode: 'markers',
      name: trans.__('%1 on held-out rows', page.id),
      x: checked.map(row => row.step ?? null),
      y: checked.map(row => row.eval_loss ?? null),
      marker: { symbol: 'diamond', size: 9, color: colours.second }
    });
  }
  const rows = own.filter(row => isNumber(row[quantity]));
  return {
    label: trans.__('%1 by training step', name),
    traces,
    layout: {
      xaxis: { title: { text: trans.__('Step') } },
      yaxis: { title: { text: name }, rangemode: 'tozero' },
      hovermode: 'x unified'
    },
    table: {
      heads: [trans.__('Step'), name],
      rows: thin(rows, 200).map(row => [row.step ?? 0, precise(Number(row[quantity]))])
    }
  };
}

function line(
  name: string,
  rows: readonly IMetricsRow[],
  quantity: 'loss' | 'learning_rate',
  color: string,
  width: number
): PartialJSONObject {
  const known = rows.filter(row => isNumber(row[quantity]));
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x: known.map(row => row.step ?? null),
    y: known.map(row => row[quantity] ?? null),
    line: { color, width }
  };
}

/** At most `most` of some rows, evenly, the last always. */
export function thin<T>(rows: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(rows.length / most));
  return rows.filter((_, index) => index % step === 0 || index === rows.length - 1);
}
