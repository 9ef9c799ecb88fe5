/**
 * The card of a drafted task in the dialog: columns, metric, sizes, to be changed and tried.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { ITaskDraft } from '../api/documents';
import { clean } from '../words/text';
import { METRICS, metricWords } from './metrics';
import { TaskFromWords } from './words';
import { CardField } from './words_form';

interface ICardProps {
  words: TaskFromWords;
  draft: ITaskDraft;
  /** Whether nothing can be changed now. */
  off: boolean;
  trans: TranslationBundle;
}

const COLUMNS = 'jp-ft-words-columns';

/** The fields of the card; what was changed is tried when a person says so. */
export function WordsCard(props: ICardProps): JSX.Element {
  const { words, draft, off, trans } = props;
  const { columns, unused, sizes } = draft;
  const { edited } = words;
  const wrong = Object.keys(words.wrong).length > 0;
  return (
    <div className="jp-ft-Start-entries" role="group" aria-label={trans.__('Its card')}>
      <datalist id={COLUMNS}>
        {columns.map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field {...props} field="title" label={trans.__('Title')} whole most={120} />
      <Field {...props} field="about" label={trans.__('What is asked')} whole lines most={2000} />
      <Field {...props} field="prompt" label={trans.__('Prompt')} columns most={2000} />
      <Field {...props} field="answer" label={trans.__('Answer')} columns most={2000} />
      <Field {...props} field="system" label={trans.__('System turn')} columns most={2000} />
      <Field {...props} field="view" label={trans.__('View')} columns most={200} />
      <p className="jp-ft-muted jp-ft-Own-metric">
        {trans.__('A column, or a template such as {question} {options}.')}{' '}
        {unused.length > 0 && trans.__('Not used: %1.', unused.map(clean).join(', '))}
      </p>
      <Metric {...props} />
      <Field {...props} field="max_new_tokens" label={trans.__('Answer, in tokens')} most={4} />
      <Field {...props} field="evaluation_rows" label={trans.__('Rows to score on')} most={7} />
      <p className="jp-ft-muted jp-ft-Own-metric">
        {trans.__(
          '%1 rows to train on, %2 to score on: %3 validation items, %4 test items',
          sizes.train,
          sizes.evaluation,
          sizes.validation,
          sizes.test
        )}
      </p>
      <div className="jp-ft-Veto-line jp-ft-Own-metric">
        <button
          type="button"
          className="jp-ft-button"
          disabled={off || !edited || wrong}
          onClick={() => void words.correct()}
        >
          {trans.__('Try the changes')}
        </button>
        <button
          type="button"
          className="jp-ft-button"
          disabled={off || !edited}
          onClick={() => words.undo()}
        >
          {trans.__('Undo them')}
        </button>
        <span role="status">
          {edited ? trans.__('What is below is of the card as it was: try the changes.') : ''}
        </span>
      </div>
    </div>
  );
}

function Field(
  props: ICardProps & {
    field: CardField;
    label: string;
    most: number;
    whole?: boolean;
    lines?: boolean;
    columns?: boolean;
  }
): JSX.Element {
  const { words, field, label, off } = props;
  const id = `jp-ft-words-card-${field}`;
  const wrong = words.wrong[field];
  const place = props.whole ? ' jp-mod-whole' : props.columns ? ' jp-mod-file' : '';
  const shared = {
    id,
    className: 'jp-ft-input',
    maxLength: props.most,
    disabled: off,
    value: words.card?.[field] ?? '',
    'aria-invalid': wrong ? true : undefined,
    'aria-describedby': `${id}-wrong`
  };
  return (
    <div className={`jp-ft-Start-entry${place}`}>
      <label htmlFor={id}>{label}</label>
      {props.lines ? (
        <textarea
          {...shared}
          rows={2}
          onChange={event => words.edit({ [field]: event.target.value })}
        />
      ) : (
        <input
          {...shared}
          autoComplete="off"
          list={props.columns ? COLUMNS : undefined}
          onChange={event => words.edit({ [field]: event.target.value })}
        />
      )}
      <span className="jp-ft-Start-wrong" id={`${id}-wrong`} role={wrong ? 'alert' : undefined}>
        {clean(wrong ?? '')}
      </span>
    </div>
  );
}

function Metric(props: ICardProps): JSX.Element {
  const { words, off, trans } = props;
  const known = metricWords(trans);
  const metric = words.card?.metric ?? '';
  return (
    <>
      <div className="jp-ft-Start-entry jp-mod-whole">
        <label htmlFor="jp-ft-words-card-metric">{trans.__('Metric')}</label>
        <select
          id="jp-ft-words-card-metric"
          className="jp-ft-select"
          disabled={off}
          value={metric}
          onChange={event => words.edit({ metric: event.target.value })}
        >
          {METRICS.map(name => (
            <option key={name} value={name}>
              {known[name]}
            </option>
          ))}
        </select>
      </div>
      {metric === 'regex' && (
        <Field {...props} field="pattern" label={trans.__('Pattern')} whole most={400} />
      )}
    </>
  );
}
