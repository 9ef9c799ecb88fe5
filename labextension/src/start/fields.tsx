/**
 * The fields of the form: a label, the control, what there is to know, and what is wrong.
 */

import React from 'react';
import { clean } from '../words/text';
import { FieldName, IForm } from './form';
import { NewCampaign } from './model';

/** The fields that are yes or no. */
export type TickField = 'fetch' | 'look_outside';
/** The texts of the fields: the names of the form. */
export type TextField = Exclude<FieldName, TickField>;

interface IFieldProps {
  model: NewCampaign;
  field: TextField;
  label: string;
}

/** What ties a control to what is said about it. */
function tied(model: NewCampaign, field: FieldName): React.AriaAttributes & { id: string } {
  const wrong = model.wrong[field] !== undefined;
  return {
    id: `jp-ft-start-${field}`,
    'aria-invalid': wrong || undefined,
    'aria-describedby': `jp-ft-start-${field}-note jp-ft-start-${field}-wrong`
  };
}

/** What is wrong with a field; nothing where nothing is. */
export function WrongNote(props: { model: NewCampaign; field: FieldName }): JSX.Element {
  const text = props.model.wrong[props.field];
  return (
    <span
      className="jp-ft-Start-wrong"
      id={`jp-ft-start-${props.field}-wrong`}
      role={text ? 'alert' : undefined}
    >
      {clean(text ?? '')}
    </span>
  );
}

/** A choice with notes below it. */
export function Choice(
  props: IFieldProps & { options: React.ReactNode; children?: React.ReactNode }
): JSX.Element {
  const { model, field, label } = props;
  const set = (value: string): void => model.set(field, value as IForm[TextField]);
  return (
    <div className="jp-ft-Start-row">
      <label htmlFor={`jp-ft-start-${field}`}>{label}</label>
      <div className="jp-ft-Start-control">
        <select
          className="jp-ft-select"
          value={model.form[field]}
          onChange={event => set(event.target.value)}
          {...tied(model, field)}
        >
          {props.options}
        </select>
        <div className="jp-ft-Start-note" id={`jp-ft-start-${field}-note`}>
          {props.children}
        </div>
        <WrongNote model={model} field={field} />
      </div>
    </div>
  );
}

/** A text or a number, with its unit behind it. */
export function Entry(
  props: IFieldProps & { unit?: string; note?: string; wide?: boolean }
): JSX.Element {
  const { model, field, label } = props;
  return (
    <div className={props.wide ? 'jp-ft-Start-entry jp-mod-wide' : 'jp-ft-Start-entry'}>
      <label htmlFor={`jp-ft-start-${field}`}>{label}</label>
      <input
        className="jp-ft-input"
        type="text"
        inputMode={props.wide ? 'text' : 'decimal'}
        autoComplete="off"
        spellCheck={false}
        value={model.form[field]}
        onChange={event => model.set(field, event.target.value)}
        {...tied(model, field)}
      />
      {props.unit && <span className="jp-ft-muted">{props.unit}</span>}
      <span className="jp-ft-Start-note" id={`jp-ft-start-${field}-note`}>
        {props.note}
      </span>
      <WrongNote model={model} field={field} />
    </div>
  );
}

/** Yes or no, with what follows from a yes. */
export function Tick(props: {
  model: NewCampaign;
  field: TickField;
  label: string;
  note?: string;
}): JSX.Element {
  const { model, field, label } = props;
  return (
    <div className="jp-ft-Start-tick">
      <label>
        <input
          type="checkbox"
          checked={model.form[field]}
          onChange={event => model.set(field, event.target.checked)}
          {...tied(model, field)}
        />
        {label}
      </label>
      <span className="jp-ft-Start-note" id={`jp-ft-start-${field}-note`}>
        {props.note}
      </span>
      <WrongNote model={model} field={field} />
    </div>
  );
}
