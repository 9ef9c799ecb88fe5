/**
 * Files of a person's own in the dialog: files, columns, metric; three rows, and what is right.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { IOwnLook, IOwnSource } from '../api/documents';
import { useVersion } from '../face';
import { clean } from '../words/text';
import { OwnFiles } from './own';
import { METRICS, metricWords } from './metrics';
import { OwnField } from './own_form';

interface IPartProps {
  own: OwnFiles;
  trans: TranslationBundle;
}

/** The fields of own files, and what the server sees in them. */
export function OwnPart(props: IPartProps): JSX.Element {
  const { own, trans } = props;
  useVersion(own);
  const { seen } = own;
  return (
    <div className="jp-ft-Own">
      <datalist id="jp-ft-own-columns">
        {(seen?.columns ?? []).map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Row label={trans.__('Files')}>
        <Field {...props} field="train" label={trans.__('Training rows')} wide />
        <Field {...props} field="evaluation" label={trans.__('Evaluation rows')} wide />
        <Field
          {...props}
          field="test"
          label={trans.__('Test rows')}
          hint={trans.__('part of the evaluation rows')}
          wide
        />
      </Row>
      <Row label={trans.__('Columns')}>
        <Field {...props} field="prompt" label={trans.__('Prompt')} columns />
        <Field {...props} field="answer" label={trans.__('Answer')} columns />
        <Field {...props} field="system" label={trans.__('System turn')} columns />
        <Field {...props} field="view" label={trans.__('View')} columns />
        <span className="jp-ft-Start-note">
          {seen && seen.columns.length > 0
            ? trans.__('There are: %1.', seen.columns.map(clean).join(', '))
            : ''}{' '}
          {trans.__('A column, or a template such as {question} {options}; empty to find it out.')}
        </span>
      </Row>
      <Metric {...props} />
      <Row label={trans.__('Name')}>
        <Field {...props} field="name" label={trans.__('Task, in ./tasks')} />
        <Field {...props} field="licence" label={trans.__('Licence of the data')} />
        <Field {...props} field="most" label={trans.__('Answer, in tokens')} />
        <label className="jp-ft-Own-tick">
          <input
            type="checkbox"
            checked={own.form.drop}
            onChange={event => own.set({ drop: event.target.checked })}
          />
          {trans.__('leave rows out that cannot be used')}
        </label>
      </Row>
      <Seen {...props} />
    </div>
  );
}

function Row(props: { label: string; children: React.ReactNode }): JSX.Element {
  return (
    <div className="jp-ft-Start-row" role="group" aria-label={props.label}>
      <span>{props.label}</span>
      <div className="jp-ft-Start-entries">{props.children}</div>
    </div>
  );
}

function Field(
  props: IPartProps & {
    field: OwnField;
    label: string;
    hint?: string;
    wide?: boolean;
    columns?: boolean;
  }
): JSX.Element {
  const { own, field, label } = props;
  const id = `jp-ft-own-${field}`;
  const wrong = own.wrong[field];
  return (
    <div className={props.wide ? 'jp-ft-Start-entry jp-mod-file' : 'jp-ft-Start-entry'}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="jp-ft-input"
        autoComplete="off"
        spellCheck={false}
        list={props.columns ? 'jp-ft-own-columns' : undefined}
        placeholder={props.hint}
        value={own.form[field]}
        onChange={event => own.set({ [field]: event.target.value })}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={`${id}-wrong`}
      />
      <span className="jp-ft-Start-wrong" id={`${id}-wrong`} role={wrong ? 'alert' : undefined}>
        {clean(wrong ?? '')}
      </span>
    </div>
  );
}

function Metric(props: IPartProps): JSX.Element {
  const { own, trans } = props;
  const words = metricWords(trans);
  return (
    <Row label={trans.__('Metric')}>
      <select
        className="jp-ft-select jp-ft-Own-metric"
        aria-label={trans.__('Metric')}
        value={own.form.metric}
        onChange={event => own.set({ metric: event.target.value })}
      >
        {METRICS.map(name => (
          <option key={name} value={name}>
            {words[name]}
          </option>
        ))}
      </select>
      {own.form.metric === 'regex' && (
        <Field {...props} field="pattern" label={trans.__('Pattern')} />
      )}
      {own.seen && own.seen.judged.length > 0 && <Judged seen={own.seen} trans={trans} />}
    </Row>
  );
}

/** Made-up answers with the score they would get. */
function Judged(props: { seen: IOwnLook; trans: TranslationBundle }): JSX.Element {
  const { seen, trans } = props;
  const word = (score: number): string =>
    score === 1 ? trans.__('right') : score === 0 ? trans.__('wrong') : score.toFixed(2);
  return (
    <table className="jp-ft-Own-judged">
      <caption>
        {trans.__('Where %1 is right, a model that answers', clean(seen.reference))}
      </caption>
      <tbody>
        {seen.judged.map(one => (
          <tr key={one.text}>
            <td>{clean(one.text) || trans.__('(nothing)')}</td>
            <td>{word(one.score)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Seen(props: IPartProps): JSX.Element {
  const { own, trans } = props;
  const { seen } = own;
  const problem = seen?.problem
    ? `${seen.problem.what} (${seen.problem.where}). ${seen.problem.fix}`
    : own.problem;
  return (
    <Row label={trans.__('Rows')}>
      <div className="jp-ft-Own-seen">
        <p role="status" className="jp-ft-muted">
          {own.looking ? trans.__('Looking at the files…') : sizes(seen, trans)}
        </p>
        {problem && <p className="jp-ft-warning">{clean(problem)}</p>}
        {(seen?.sources ?? []).map((source, at) => (
          <Source key={at} source={source} trans={trans} />
        ))}
      </div>
    </Row>
  );
}

/** The sizes of the splits and what they can show. */
function sizes(seen: IOwnLook | null, trans: TranslationBundle): string {
  if (!seen?.items) {
    return '';
  }
  const { validation, test } = seen.items;
  const split = trans.__('%1 validation items, %2 test items', validation, test);
  const effect = seen.smallest_effect;
  const gain =
    effect === null
      ? ''
      : trans.__(
          'a gain of %1 points is found four times in five, smaller ones mostly show as tied',
          (100 * effect).toFixed(1)
        );
  return [split, gain].filter(Boolean).join(' · ');
}

function Source(props: { source: IOwnSource; trans: TranslationBundle }): JSX.Element {
  const { source, trans } = props;
  const roles = {
    train: trans.__('training'),
    evaluation: trans.__('evaluation'),
    test: trans.__('test')
  };
  const fields = Object.entries(source.fields).map(([part, from]) => `${part}: ${from}`);
  const left = source.left_out.length;
  return (
    <figure className="jp-ft-Own-source">
      <figcaption>
        <b>{roles[source.role]}</b>{' '}
        {[
          trans.__('%1 rows, %2', source.rows, source.shape),
          ...fields,
          left > 0 ? trans.__('%1 left out', left) : ''
        ]
          .filter(Boolean)
          .map(clean)
          .join(' · ')}
      </figcaption>
      <ol>
        {source.examples.map(example => (
          <li key={example.where}>
            {example.messages.map((turn, at) => {
              const last = at === example.messages.length - 1;
              const said = last && example.answers ? example.answers.join(' | ') : turn.content;
              return (
                <p key={at}>
                  <span className="jp-ft-muted">{clean(turn.role)}</span> {clean(short(said))}
                </p>
              );
            })}
          </li>
        ))}
      </ol>
    </figure>
  );
}

/** A text without its middle where it is long. */
function short(text: string): string {
  const points = [...text];
  return points.length <= 240
    ? text
    : `${points.slice(0, 120).join('')} … ${points.slice(-120).join('')}`;
}
