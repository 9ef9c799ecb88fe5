/**
 * Curves of several trials over each other: which, how, and the plots.
 */

import React from 'react';
import { TrialLink } from '../card/link';
import { useFace, useVersion } from '../face';
import { Plot } from '../plots/plot';
import { isNumber } from '../words/numbers';
import { oneLine } from '../words/text';
import { CurvesModel, MOST } from './model';
import { ICurve, colourOf, curvesPlot, overName, quantityName } from './plots';
import { ICurveSettings, Over, Quantity } from './series';

/** Trials that are offered by name; others are picked in the tree. */
const OFFERED = 100;
const QUANTITIES: readonly Quantity[] = ['loss', 'learning_rate', 'gradient_norm'];
const OVER: readonly Over[] = ['step', 'tokens', 'seconds'];
/** The strongest smoothing, and the step of its slider. */
const STRONGEST = 0.98;
const FINE = 0.02;

/** The curves of a model, read as long as they are shown. */
export function Curves(props: {
  model: CurvesModel;
  /** What is said where no trial has a curve. */
  missing?: string;
}): JSX.Element {
  const { store, trans } = useFace();
  const { model, missing } = props;
  useVersion(model);
  useVersion(store.model(model.campaign));
  React.useEffect(() => {
    const watching = model.watch();
    return () => watching.dispose();
  }, [model]);
  const curves = model.trials.map(trial => ({
    trial,
    rows: model.rows(trial),
    behind: trial === model.behind
  }));
  const some = curves.some(curve => curve.rows.length > 0);
  return (
    <div className="jp-ft-Curves">
      <Chosen model={model} />
      {model.problem && <p role="alert">{model.problem}</p>}
      {some ? (
        <>
          <Controls model={model} curves={curves} />
          <Drawn curves={curves} settings={model.settings} />
        </>
      ) : (
        !model.problem && (
          <p className="jp-ft-empty">
            {model.ready
              ? (missing ?? trans.__('None of these trials has a training curve yet.'))
              : trans.__('Reading the curve…')}
          </p>
        )
      )}
    </div>
  );
}

/** The trials that are drawn, and one more to choose. */
function Chosen(props: { model: CurvesModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  const others = model.room ? model.others(OFFERED) : [];
  return (
    <div className="jp-ft-Curves-chosen">
      <ul className="jp-ft-Chips" aria-label={trans.__('Trials whose curves are drawn')}>
        {model.trials.map((trial, place) => (
          <li key={trial} className="jp-ft-Chip">
            <span
              className="jp-ft-Swatch"
              aria-hidden="true"
              style={{ background: colourOf(place, trial === model.behind) }}
            />
            <TrialLink campaign={model.campaign} trial={trial} />
            {model.ready && model.rows(trial).length === 0 && (
              <span className="jp-ft-muted"> {trans.__('no curve')}</span>
            )}
            <button
              className="jp-ft-tool"
              aria-label={trans.__('Take %1 out of the plot', trial)}
              title={trans.__('Take %1 out of the plot', trial)}
              onClick={() => model.remove(trial)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <select
          className="jp-ft-select"
          aria-label={trans.__('Draw the curve of another trial, too')}
          title={trans.__('Ctrl click or Space picks trials in the tree, too')}
          value=""
          onChange={event => model.add(event.target.value)}
        >
          <option value="">{trans.__('Add a trial…')}</option>
          {others.map(node => (
            <option key={node.trial} value={node.trial}>
              {oneLine(`${node.trial} ${node.title}`, 60)}
            </option>
          ))}
        </select>
      )}
      {!model.room && (
        <span className="jp-ft-muted">{trans.__('%1 curves are told apart at most', MOST)}</span>
      )}
    </div>
  );
}

function Controls(props: { model: CurvesModel; curves: readonly ICurve[] }): JSX.Element {
  const { trans } = useFace();
  const { model, curves } = props;
  const { settings } = model;
  const has = (name: string): boolean =>
    curves.some(curve => curve.rows.some(row => isNumber(row[name])));
  const id = `jp-ft-smoothing-${model.campaign}-${model.trials[0] ?? ''}`;
  return (
    <div
      className="jp-ft-Curves-controls"
      role="group"
      aria-label={trans.__('How curves are drawn')}
    >
      <select
        className="jp-ft-select"
        aria-label={trans.__('What is drawn')}
        value={settings.quantity}
        onChange={event => model.set({ quantity: event.target.value as Quantity })}
      >
        {QUANTITIES.filter(quantity => quantity === settings.quantity || has(quantity)).map(
          quantity => (
            <option key={quantity} value={quantity}>
              {quantityName(quantity, trans)}
            </option>
          )
        )}
      </select>
      <select
        className="jp-ft-select"
        aria-label={trans.__('What it is drawn over')}
        value={settings.over}
        onChange={event => model.set({ over: event.target.value as Over })}
      >
        {OVER.filter(over => over === settings.over || has(over)).map(over => (
          <option key={over} value={over}>
            {trans.__('by %1', overName(over, trans).toLowerCase())}
          </option>
        ))}
      </select>
      <label htmlFor={id}>{trans.__('Smoothing')}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={STRONGEST}
        step={FINE}
        value={settings.smoothing}
        onChange={event => model.set({ smoothing: Number(event.target.value) })}
      />
      <output htmlFor={id}>{settings.smoothing.toFixed(2)}</output>
      <Switch model={model} field="log" label={trans.__('log axis')} />
      {settings.quantity === 'loss' && has('eval_loss') && (
        <>
          <Switch model={model} field="training" label={trans.__('training rows')} />
          <Switch model={model} field="heldOut" label={trans.__('held-out rows')} />
        </>
      )}
    </div>
  );
}

function Switch(props: {
  model: CurvesModel;
  field: 'log' | 'training' | 'heldOut';
  label: string;
}): JSX.Element {
  const { model, field, label } = props;
  return (
    <label className="jp-ft-Switch">
      <input
        type="checkbox"
        checked={model.settings[field]}
        onChange={event => model.set({ [field]: event.target.checked })}
      />
      {label}
    </label>
  );
}

/** The plot; below losses stands the learning rate over the same axis. */
function Drawn(props: { curves: readonly ICurve[]; settings: ICurveSettings }): JSX.Element {
  const { trans } = useFace();
  const { curves, settings } = props;
  const rates = { ...settings, quantity: 'learning_rate', smoothing: 0, log: false } as const;
  const rated = curves.some(curve => curve.rows.some(row => isNumber(row.learning_rate)));
  return (
    <>
      <Plot {...curvesPlot(curves, settings, trans)} />
      {settings.quantity === 'loss' && rated && (
        <Plot {...curvesPlot(curves, rates, trans)} height={200} />
      )}
    </>
  );
}
