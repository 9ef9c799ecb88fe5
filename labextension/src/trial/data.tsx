/**
 * How the training set came to be: rows through the operators, what was dropped and why.
 */

import React from 'react';
import { IDataCard, IDataStep, ITrialPage } from '../api/documents';
import { useFace } from '../face';
import { DataTable } from '../plots/plot';
import { count } from '../words/numbers';
import { clean, oneLine } from '../words/text';
import { Leaks, Lengths, RowSamples } from './rows';

/** The data of a trial. */
export function Data(props: { page: ITrialPage }): JSX.Element {
  const { trans } = useFace();
  const { page } = props;
  const card = dataCard(page);
  const steps = card?.steps ?? [];
  const checks = page.checks.filter(check =>
    ['schema', 'row_cap', 'leakage', 'tokens'].includes(check.check)
  );
  const example = checks.map(check => check.summary?.example).find(Boolean);
  return (
    <>
      {steps.length > 0 ? (
        <Steps steps={steps} />
      ) : (
        <p className="jp-ft-empty">
          {trans.__(
            'No data card: the curate cell has not run, or made its rows without recipes.'
          )}
        </p>
      )}
      <Lengths page={page} />
      <Leaks page={page} />
      <RowSamples samples={page.rows.samples} />
      {checks.length > 0 && <h3>{trans.__('Checks of the data')}</h3>}
      <ul className="jp-ft-Findings">
        {checks.map((check, index) => (
          <li key={index}>
            <span aria-hidden="true">{check.passed ? '✓' : '✕'}</span>{' '}
            <strong>{clean(check.check)}</strong> {clean(check.message)}
          </li>
        ))}
      </ul>
      {example !== undefined && (
        <>
          <h3>{trans.__('A row as the model is trained on it')}</h3>
          <p className="jp-ft-muted">
            {trans.__('What lies between ⟦ and ⟧ is inside the loss.')}
          </p>
          <pre className="jp-ft-pre">{clean(example)}</pre>
        </>
      )}
    </>
  );
}

/** Rows through the operators, as a strip and as a table; what was dropped. */
function Steps(props: { steps: IDataStep[] }): JSX.Element {
  const { trans } = useFace();
  const { steps } = props;
  return (
    <>
      <h3>{trans.__('From source rows to kept rows')}</h3>
      <Strip steps={steps} />
      <DataTable
        label={trans.__('Rows in and out of each operator')}
        table={{
          heads: [
            trans.__('Operator'),
            trans.__('In'),
            trans.__('Out'),
            trans.__('Dropped, made, changed')
          ],
          rows: steps.map(step => [
            clean(step.operator),
            count(step.rows_in),
            count(step.rows_out),
            droppedText(step)
          ])
        }}
      />
      <DroppedRows steps={steps} />
    </>
  );
}

/** The data card of a trial: from the run, else from the curate stage. */
export function dataCard(page: ITrialPage): IDataCard | undefined {
  const summary = page.stages.curate?.summary as IDataCard | undefined;
  return page.outcome.data?.steps?.length ? page.outcome.data : summary;
}

/** A strip whose width is the share of the rows that are left. */
function Strip(props: { steps: IDataStep[] }): JSX.Element {
  const { trans } = useFace();
  const most = Math.max(1, ...props.steps.map(step => step.rows_in));
  const [first] = props.steps;
  return (
    <ol className="jp-ft-Strip">
      <li>
        <span className="jp-ft-Strip-name">{trans.__('source')}</span>
        <span className="jp-ft-Strip-bar">
          <span style={{ width: `${(100 * first.rows_in) / most}%` }} />
        </span>
        <span className="jp-ft-Strip-count">{count(first.rows_in)}</span>
        <span className="jp-ft-muted" />
      </li>
      {props.steps.map((step, index) => (
        <li key={index}>
          <span className="jp-ft-Strip-name">{clean(step.operator)}</span>
          <span className="jp-ft-Strip-bar">
            <span style={{ width: `${(100 * step.rows_out) / most}%` }} />
            <span
              className="jp-ft-dropped"
              style={{ width: `${(100 * Math.max(0, step.rows_in - step.rows_out)) / most}%` }}
            />
          </span>
          <span className="jp-ft-Strip-count">{count(step.rows_out)}</span>
          <span className="jp-ft-muted">{droppedText(step)}</span>
        </li>
      ))}
    </ol>
  );
}

function DroppedRows(props: { steps: IDataStep[] }): JSX.Element | null {
  const { trans } = useFace();
  const samples = props.steps.flatMap(step =>
    Object.entries(step.samples ?? {}).map(([why, sample]) => [
      clean(step.operator),
      clean(why),
      oneLine(typeof sample === 'string' ? sample : JSON.stringify(sample), 600)
    ])
  );
  return samples.length === 0 ? null : (
    <>
      <h4>{trans.__('The first dropped rows')}</h4>
      <DataTable
        label={trans.__('The first dropped rows')}
        table={{ heads: [trans.__('Operator'), trans.__('Why'), trans.__('Row')], rows: samples }}
      />
    </>
  );
}

/** "140 exact duplicate · 40 near duplicate". */
export function droppedText(step: IDataStep): string {
  const parts = Object.entries(step.dropped).map(([why, rows]) => `−${count(rows)} ${clean(why)}`);
  if (step.made) {
    parts.push(`+${count(step.made)} made`);
  }
  if (step.changed) {
    parts.push(`${count(step.changed)} changed`);
  }
  return parts.join(' · ');
}
