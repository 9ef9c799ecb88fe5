/**
 * The body of the export dialog: form, quantisation and bound; the command; steps and result.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { useVersion } from '../face';
import { Command } from '../start/command';
import { clean } from '../words/text';
import {
  IExportForm,
  NUMBERS,
  QUANTISATIONS,
  Wanted,
  commandOf,
  hasNumbers,
  hasQuantisation,
  isScored,
  wantedWords
} from './form';
import { NewExport } from './model';

interface IPartProps {
  model: NewExport;
  trans: TranslationBundle;
}

/** The form, what it does as a command, and what comes of it. */
export function ExportBody(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  useVersion(model);
  const { form } = model;
  return (
    <div className="jp-ft-Start jp-ft-Export">
      <fieldset className="jp-ft-Start-fields" disabled={model.busy}>
        <legend className="jp-ft-hidden">{trans.__('What is exported')}</legend>
        <Select
          {...props}
          field="wanted"
          label={trans.__('Form')}
          options={wantedWords(trans).map(([key, words]) => [key, words])}
        >
          {isScored(form.wanted)
            ? trans.__(
                'It is loaded as others will load it and scored again on the same items. It is kept only if it behaves as %1 was scored.',
                model.trial
              )
            : ''}
        </Select>
        {hasNumbers(form.wanted) && (
          <Select
            {...props}
            field="numbers"
            label={trans.__('Numbers')}
            options={NUMBERS.map(name => [name, name])}
          />
        )}
        {hasQuantisation(form.wanted) && (
          <Select
            {...props}
            field="quantisation"
            label={trans.__('Quantisation')}
            options={QUANTISATIONS.map(name => [name, name])}
          >
            {trans.__('From most bits to fewest. Needs ftassist[gguf].')}
          </Select>
        )}
        {isScored(form.wanted) && (
          <Text {...props} field="bound" label={trans.__('Bound')} wrong={model.wrong}>
            {trans.__(
              'Most it may lose, in the unit of the metric. Empty for the usual: 0.01 of a fraction, else 1 % of the score.'
            )}
          </Text>
        )}
        {model.refused && (
          <Text {...props} field="force" label={trans.__('Keep anyway')} wrong="">
            {trans.__('Type %1 to keep an export that does not behave as scored.', model.trial)}
          </Text>
        )}
      </fieldset>
      <Command text={commandOf(form, model.trial, model.folder)} trans={trans} />
      <Outcome {...props} />
    </div>
  );
}

function Select(
  props: IPartProps & {
    field: 'wanted' | 'numbers' | 'quantisation';
    label: string;
    options: [string, string][];
    children?: React.ReactNode;
  }
): JSX.Element {
  const { model, field, label } = props;
  const id = `jp-ft-export-${field}`;
  return (
    <div className="jp-ft-Start-row">
      <label htmlFor={id}>{label}</label>
      <div className="jp-ft-Start-control">
        <select
          id={id}
          className="jp-ft-select"
          aria-describedby={`${id}-note`}
          value={model.form[field]}
          onChange={event => model.set({ [field]: event.target.value as Wanted })}
        >
          {props.options.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
        <div className="jp-ft-Start-note" id={`${id}-note`}>
          {props.children}
        </div>
      </div>
    </div>
  );
}

function Text(
  props: IPartProps & {
    field: keyof IExportForm;
    label: string;
    wrong: string;
    children: React.ReactNode;
  }
): JSX.Element {
  const { model, field, label, wrong } = props;
  const id = `jp-ft-export-${field}`;
  return (
    <div className="jp-ft-Start-row">
      <label htmlFor={id}>{label}</label>
      <div className="jp-ft-Start-control">
        <input
          id={id}
          className="jp-ft-input"
          autoComplete="off"
          aria-invalid={wrong ? true : undefined}
          aria-describedby={`${id}-note ${id}-wrong`}
          value={model.form[field]}
          onChange={event => model.set({ [field]: event.target.value })}
        />
        <div className="jp-ft-Start-note" id={`${id}-note`}>
          {props.children}
        </div>
        <span className="jp-ft-Start-wrong" id={`${id}-wrong`} role={wrong ? 'alert' : undefined}>
          {wrong}
        </span>
      </div>
    </div>
  );
}

function Outcome(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const { exporting, form } = model;
  const kept = exporting?.export;
  return (
    <div className="jp-ft-Export-outcome">
      <div role="status">
        {model.busy && (
          <div className="jp-ft-Start-progress">
            <progress aria-label={trans.__('Progress')} />
            <span>{clean(exporting?.steps.slice(-1)[0] ?? trans.__('starting'))}</span>
          </div>
        )}
        {exporting?.phase === 'cancelled' && <p>{trans.__('Cancelled; nothing was kept.')}</p>}
        {model.copied && (
          <p>{trans.__('The runner copies the files; the page of the trial says where.')}</p>
        )}
        {kept && (
          <>
            {kept.sentences.map(sentence => (
              <p key={sentence}>{clean(sentence)}</p>
            ))}
            <p>
              {kept.forced ? trans.__('Kept by force in') : trans.__('Kept in')}{' '}
              <code>{clean(kept.path)}</code>{' '}
              {isScored(form.wanted) && (
                <button type="button" className="jp-ft-button" onClick={() => model.askCard()}>
                  {trans.__('Model card')}
                </button>
              )}
            </p>
          </>
        )}
      </div>
      {model.problem && (
        <p className="jp-ft-warning" role="alert">
          {clean(model.problem)}
        </p>
      )}
    </div>
  );
}
