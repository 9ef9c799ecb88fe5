/**
 * Trials side by side: scores with the noise band, and what may be said about each pair.
 */

import { ReactWidget } from '@jupyterlab/ui-components';
import { PartialJSONObject } from '@lumino/coreutils';
import React from 'react';
import { IComparison, IPair } from '../api/documents';
import { errorText } from '../api/errors';
import { DiffCount, DiffText } from '../card/cell';
import { TrialLink } from '../card/link';
import { CurvesModel } from '../curves/model';
import { Curves } from '../curves/view';
import { FaceContext, IFace, useFace } from '../face';
import { explorerIcon } from '../icons/icons';
import { DataTable, IPlotProps, Plot } from '../plots/plot';
import { palette } from '../plots/theme';
import { IHint } from '../store/store';
import { count, duration, interval, isNumber, score, scored } from '../words/numbers';
import { clean, oneLine } from '../words/text';

/** The widget of a comparison. */
export class ComparePage extends ReactWidget {
  constructor(
    private readonly _face: IFace,
    readonly campaign: string,
    readonly trials: readonly string[]
  ) {
    super();
    this._curves = new CurvesModel(_face.store, campaign, trials);
    this.addClass('jp-ft-Page');
    this.id = ComparePage.id(campaign, trials);
    this.title.label = trials.join(' · ');
    this.title.icon = explorerIcon;
    this.title.closable = true;
    this.title.caption = _face.trans.__('Compare %1', trials.join(', '));
  }

  /** The id of the page of some trials. */
  static id(campaign: string, trials: readonly string[]): string {
    return `ftassist-compare-${campaign}-${trials.join('-')}`;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._curves.dispose();
      super.dispose();
    }
  }

  protected render(): JSX.Element {
    return (
      <FaceContext.Provider value={this._face}>
        <CompareView campaign={this.campaign} trials={this.trials} curves={this._curves} />
      </FaceContext.Provider>
    );
  }

  private readonly _curves: CurvesModel;
}

/** Reads the comparison, again when the campaign moves. */
export function CompareView(props: {
  campaign: string;
  trials: readonly string[];
  curves: CurvesModel;
}): JSX.Element {
  const { store, trans } = useFace();
  const { campaign, trials } = props;
  const [found, setFound] = React.useState<IComparison | null>(null);
  const [problem, setProblem] = React.useState('');
  React.useEffect(() => {
    let gone = false;
    const read = async (): Promise<void> => {
      try {
        const comparison = await store.api.compare(campaign, trials);
        if (!gone) {
          setFound(comparison);
          setProblem('');
        }
      } catch (error) {
        setProblem(errorText(error));
      }
    };
    const onMoved = (_: unknown, hint: IHint): void => {
      if (hint.id === campaign) {
        void read();
      }
    };
    store.moved.connect(onMoved);
    void read();
    return () => {
      gone = true;
      store.moved.disconnect(onMoved);
    };
  }, [store, campaign, trials]);
  if (!found) {
    return <p className="jp-ft-empty">{problem || trans.__('Comparing…')}</p>;
  }
  return (
    <div className="jp-ft-PageBody">
      <h2>{trans.__('Compare %1', found.trials.map(side => side.trial).join(', '))}</h2>
      {problem && <p role="alert">{problem}</p>}
      <ul className="jp-ft-Pairs">
        {found.comparisons.map(pair => (
          <Pair key={`${pair.before}-${pair.after}`} pair={pair} />
        ))}
      </ul>
      <p className="jp-ft-muted">{clean(found.smallest_effect)}</p>
      <Plot {...comparePlot(found, trans)} />
      <Sides found={found} campaign={campaign} />
      <Views found={found} />
      <h3>{trans.__('Training curves')}</h3>
      <Curves model={props.curves} />
      <Differences found={found} />
    </div>
  );
}

function Pair(props: { pair: IPair }): JSX.Element {
  const { trans } = useFace();
  const { pair } = props;
  const words: { [label: string]: string } = {
    better: trans.__('better'),
    worse: trans.__('worse'),
    'not distinguishable': trans.__('not distinguishable')
  };
  const signs: { [label: string]: string } = {
    better: '▲',
    worse: '▼',
    'not distinguishable': '≈'
  };
  const label = pair.label ?? '';
  return (
    <li className={`jp-ft-Pair jp-ft-pair-${label.replace(' ', '-') || 'none'}`}>
      <strong>
        <span aria-hidden="true">{signs[label] ?? '–'}</span>{' '}
        {words[label] ?? trans.__('not comparable')}
      </strong>{' '}
      {clean(pair.sentence)}
      {pair.method && <span className="jp-ft-muted"> ({clean(pair.method)})</span>}
    </li>
  );
}

/** Scores with their intervals; the band is the interval of the first trial. */
export function comparePlot(
  found: IComparison,
  trans: ReturnType<typeof useFace>['trans']
): IPlotProps {
  const colours = palette();
  const sides = found.trials.filter(side => isNumber(side.score));
  const [first] = sides;
  const names = sides.map(side => side.trial);
  const traces: PartialJSONObject[] = [
    {
      type: 'scatter',
      mode: 'markers',
      name: trans.__('score'),
      x: sides.map(side => side.score),
      y: names,
      marker: { size: 11, color: colours.accent },
      error_x: {
        type: 'data',
        symmetric: false,
        array: sides.map(side => (side.high ?? side.score!) - side.score!),
        arrayminus: sides.map(side => side.score! - (side.low ?? side.score!)),
        color: colours.accent,
        thickness: 2
      }
    }
  ];
  const seeds = sides.flatMap(side => side.seeds.map(seed => ({ ...seed, of: side.trial })));
  if (seeds.length > 0) {
    traces.push({
      type: 'scatter',
      mode: 'markers',
      name: trans.__('fresh seeds'),
      x: seeds.map(seed => seed.score),
      y: seeds.map(seed => seed.of),
      marker: { size: 10, symbol: 'diamond-open', color: colours.second, line: { width: 2 } }
    });
  }
  const band =
    first && isNumber(first.low) && isNumber(first.high)
      ? [
          {
            type: 'rect',
            xref: 'x',
            yref: 'paper',
            x0: first.low,
            x1: first.high,
            y0: 0,
            y1: 1,
            fillcolor: colours.faint,
            opacity: 0.16,
            line: { width: 0 }
          }
        ]
      : [];
  return {
    label: trans.__(
      'Scores with 95 % intervals; the band is the interval of %1, fresh seeds show the noise',
      first?.trial ?? '-'
    ),
    traces,
    layout: {
      xaxis: { title: { text: found.metric.name } },
      yaxis: { type: 'category', autorange: 'reversed' },
      shapes: band
    },
    height: 110 + 40 * names.length,
    table: {
      heads: [trans.__('Trial'), trans.__('Score'), trans.__('Interval'), trans.__('Fresh seeds')],
      rows: sides.map(side => [
        side.trial,
        score(side.score),
        interval(side.low, side.high),
        side.seeds.map(seed => score(seed.score)).join(', ')
      ])
    }
  };
}

function Sides(props: { found: IComparison; campaign: string }): JSX.Element {
  const { trans } = useFace();
  return (
    <div className="jp-ft-Scroll" tabIndex={0} role="group" aria-label={trans.__('Trials')}>
      <table className="jp-ft-DataTable">
        <thead>
          <tr>
            <th scope="col">{trans.__('Trial')}</th>
            <th scope="col">{trans.__('Score')}</th>
            <th scope="col">{trans.__('Rows')}</th>
            <th scope="col">{trans.__('Time')}</th>
            <th scope="col">{trans.__('Hypothesis')}</th>
          </tr>
        </thead>
        <tbody>
          {props.found.trials.map(side => (
            <tr key={side.trial}>
              <td>
                <span aria-hidden="true">{side.mark}</span>{' '}
                <TrialLink campaign={props.campaign} trial={side.trial} />
              </td>
              <td>{scored(side.score, side.low, side.high)}</td>
              <td>{count(side.rows)}</td>
              <td>{duration(side.seconds)}</td>
              <td className="jp-ft-long">{oneLine(side.hypothesis, 300)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Views(props: { found: IComparison }): JSX.Element | null {
  const { trans } = useFace();
  const { trials } = props.found;
  const names = [...new Set(trials.flatMap(side => Object.keys(side.views ?? {})))].sort();
  return names.length === 0 ? null : (
    <>
      <h3>{trans.__('Scores by view')}</h3>
      <DataTable
        label={trans.__('Scores by view')}
        table={{
          heads: [trans.__('View'), ...trials.map(side => side.trial)],
          rows: names.map(name => [
            clean(name),
            ...trials.map(side => {
              const view = side.views?.[name];
              return scored(view?.score, view?.low, view?.high);
            })
          ])
        }}
      />
    </>
  );
}

function Differences(props: { found: IComparison }): JSX.Element {
  const { trans } = useFace();
  return (
    <>
      {props.found.differences.map(difference => {
        const changed = difference.cells.filter(cell => cell.added + cell.removed > 0);
        return (
          <section key={`${difference.before}-${difference.after}`}>
            <h3>{trans.__('What differs: %1 → %2', difference.before, difference.after)}</h3>
            {difference.parameters.length > 0 && (
              <DataTable
                label={trans.__('Parameters of %1 and %2', difference.before, difference.after)}
                table={{
                  heads: [trans.__('Parameter'), difference.before, difference.after],
                  rows: difference.parameters.map(change => [
                    clean(change.name),
                    oneLine(change.before ?? trans.__('not given'), 200),
                    oneLine(change.after ?? trans.__('not given'), 200)
                  ])
                }}
              />
            )}
            {changed.length === 0 && (
              <p className="jp-ft-muted">{trans.__('All cells are the same.')}</p>
            )}
            {changed.map(cell => (
              <details key={cell.stage}>
                <summary>
                  <code>{cell.stage}</code> <DiffCount diff={cell} />
                </summary>
                <DiffText source="" diff={cell} />
              </details>
            ))}
          </section>
        );
      })}
    </>
  );
}
