/**
 * What stands below the cells while a person edits them: what they expect of it, save, cancel.
 */

import React from 'react';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { CardModel } from './model';

/** The form below edited cells. */
export function EditForm(props: { model: CardModel }): JSX.Element {
  const { commands, trans } = useFace();
  const { model } = props;
  const [low, setLow] = React.useState('');
  const [high, setHigh] = React.useState('');
  const [wrong, setWrong] = React.useState(false);
  const id = React.useId();
  const again = model.retryable;
  const save = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    const expected = readInterval(low, high);
    setWrong(expected === undefined);
    if (expected === undefined) {
      return;
    }
    const made = await model.saveEdits(expected);
    if (made !== null && made !== model.trial && !model.inNotebook) {
      void commands.execute(CommandIDs.openTrial, { campaign: model.campaign, trial: made });
    }
  };
  return (
    <form
      className="jp-ft-Edit"
      aria-label={trans.__('Edit the cells')}
      onSubmit={event => void save(event)}
    >
      <p className="jp-ft-muted">
        {again
          ? trans.__('What you write becomes a new proposal beside this trial, credited to you.')
          : trans.__('What you write is what will run; it is credited to you.')}{' '}
        {trans.__("The agent's prediction does not hold for it.")}
      </p>
      <div className="jp-ft-Edit-line">
        <label htmlFor={`${id}-low`}>
          {trans.__('I expect a change of %1 from', model.card?.metric || trans.__('the score'))}
        </label>
        <Bound id={`${id}-low`} value={low} hint="−0.02" wrong={wrong} onChange={setLow} />
        <label htmlFor={`${id}-high`}>{trans.__('to')}</label>
        <Bound id={`${id}-high`} value={high} hint="0.08" wrong={wrong} onChange={setHigh} />
        <span className="jp-ft-muted">{trans.__('(optional)')}</span>
      </div>
      {wrong && (
        <p className="jp-ft-warning" role="alert">
          {trans.__('Give a lower number and a higher one, or leave both empty.')}
        </p>
      )}
      <div className="jp-ft-Actions">
        <button
          className="jp-ft-button jp-mod-primary"
          disabled={model.busy || !(model.open || again)}
        >
          {again ? trans.__('Save as new proposal') : trans.__('Save edits')}
        </button>
        <button
          type="button"
          className="jp-ft-button"
          disabled={model.busy}
          onClick={() => model.cancelEditing()}
        >
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

interface IBoundProps {
  id: string;
  value: string;
  hint: string;
  wrong: boolean;
  onChange: (text: string) => void;
}

function Bound(props: IBoundProps): JSX.Element {
  return (
    <input
      id={props.id}
      className="jp-ft-input jp-ft-Edit-bound"
      inputMode="decimal"
      autoComplete="off"
      placeholder={props.hint}
      value={props.value}
      aria-invalid={props.wrong}
      onChange={event => props.onChange(event.target.value)}
    />
  );
}

/** The interval that was typed; null for none, undefined for what is none. */
export function readInterval(
  low: string,
  high: string
): { low: number; high: number } | null | undefined {
  const ends = [low, high].map(text => text.trim().replace('\u2212', '-').replace(',', '.'));
  if (ends.every(text => text === '')) {
    return null;
  }
  const [from, to] = ends.map(text => (text === '' ? NaN : Number(text)));
  return Number.isFinite(from) && Number.isFinite(to) && from < to
    ? { low: from, high: to }
    : undefined;
}
