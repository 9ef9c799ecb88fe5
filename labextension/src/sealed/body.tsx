/**
 * The body of the dialog that opens the sealed test split: what it means, for which trial, the
 * command, the steps and the result.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { useVersion } from '../face';
import { Command } from '../start/command';
import { scored } from '../words/numbers';
import { clean, oneLine } from '../words/text';
import { TestOpening } from './model';
import { TestResult } from './result';

interface IPartProps {
  model: TestOpening;
  trans: TranslationBundle;
}

/** What it means, the form, and what comes of it. */
export function TestBody(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  useVersion(model);
  const { known } = model;
  return (
    <div className="jp-ft-Start jp-ft-Sealed">
      <p>
        {trans.__(
          'No trial, no agent and no choice has seen the test split. It is opened once, for one trial, at the end: its score is the one to report. Base, trial and its fresh seeds are scored in the one opening, which is on record with your name.'
        )}
      </p>
      {known && known.phase !== 'finished' && (
        <p className="jp-ft-Start-caution">
          {trans.__(
            'The search is not over. A trial that is chosen after the test was seen has no unbiased score left.'
          )}
        </p>
      )}
      <fieldset className="jp-ft-Start-fields" disabled={model.busy || model.done}>
        <legend className="jp-ft-hidden">{trans.__('For which trial')}</legend>
        <Choice {...props} />
        {model.second && <Again {...props} />}
      </fieldset>
      {model.trial && <Command text={model.command} trans={trans} />}
      <Outcome {...props} />
    </div>
  );
}

function Choice(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const { known } = model;
  if (model.candidates.length === 0) {
    return <p className="jp-ft-Start-caution">{trans.__('No trial has a score yet.')}</p>;
  }
  const said = (trial: string): string =>
    trial === known?.finalist
      ? trans.__('the finalist')
      : trial === known?.best
        ? trans.__('the best so far')
        : '';
  return (
    <div className="jp-ft-Start-row">
      <label htmlFor="jp-ft-sealed-trial">{trans.__('Trial')}</label>
      <div className="jp-ft-Start-control">
        <select
          id="jp-ft-sealed-trial"
          className="jp-ft-select"
          value={model.trial}
          onChange={event => model.set({ trial: event.target.value })}
        >
          {model.candidates.map(node => (
            <option key={node.trial} value={node.trial}>
              {[
                node.trial,
                said(node.trial),
                trans.__('validation %1', scored(node.score, node.low, node.high)),
                oneLine(node.title, 60)
              ]
                .filter(Boolean)
                .join(' · ')}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

/** What a second look is, to be said yes to. */
function Again(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const first = model.known?.openings?.[0]?.trial ?? '';
  return (
    <div className="jp-ft-Start-row">
      <span />
      <label className="jp-ft-Sealed-again">
        <input
          type="checkbox"
          checked={model.again}
          onChange={event => model.set({ again: event.target.checked })}
        />
        {trans.__(
          'It was opened before, for %1. I know that a second look is not unbiased, and that the report tells of it.',
          clean(first)
        )}
      </label>
    </div>
  );
}

function Outcome(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const { opening, known } = model;
  const test = opening && model.done ? known?.tests?.[opening.trial] : undefined;
  return (
    <div className="jp-ft-Export-outcome">
      <div role="status">
        {model.busy && (
          <div className="jp-ft-Start-progress">
            <progress aria-label={trans.__('Progress')} />
            <span>{clean(opening?.steps.slice(-1)[0] ?? trans.__('opening'))}</span>
          </div>
        )}
        {opening && test && <TestResult trial={opening.trial} test={test} trans={trans} />}
      </div>
      {model.problem && (
        <p className="jp-ft-warning" role="alert">
          {clean(model.problem)}
        </p>
      )}
    </div>
  );
}
