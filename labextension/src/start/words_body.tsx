/**
 * A task from words in the dialog: a sentence and a file, then the draft's card with made-up
 * answers as the scorer judges them, to be corrected and sealed.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { IMadeUpAnswer, ITaskDraft } from '../api/documents';
import { useVersion } from '../face';
import { clean, oneLine } from '../words/text';
import { IWordsForm, TaskFromWords } from './words';
import { WordsCard } from './words_card';

interface IPartProps {
  words: TaskFromWords;
  /** Whether the server has a language model of its own to ask. */
  available: boolean;
  trans: TranslationBundle;
}

/** The fields, and the draft once there is one. */
export function WordsPart(props: IPartProps): JSX.Element {
  const { words, trans, available } = props;
  useVersion(words);
  const { form, draft, busy, task } = words;
  const empty = !form.file.trim() || !form.wish.trim() || !form.name.trim();
  const nobody = !available && !form.address.trim();
  const box = React.useRef<HTMLDivElement>(null);
  const onFocus = useFocusBack(box, busy);
  return (
    <div
      ref={box}
      className="jp-ft-Own"
      role="group"
      aria-label={trans.__('A task from words')}
      tabIndex={-1}
      onFocus={onFocus}
    >
      <div className="jp-ft-Start-entries">
        <Field {...props} field="file" label={trans.__('File of rows')} most={1000} />
        <Field {...props} field="name" label={trans.__('Task, in ./tasks')} most={80} />
        <Field
          {...props}
          field="wish"
          label={trans.__('What the model should learn, in a sentence')}
          most={2000}
        />
        <Field {...props} field="model" label={trans.__('Model that drafts')} most={200} />
        <Field {...props} field="address" label={trans.__('Its server')} most={1000} />
      </div>
      {nobody && (
        <p className="jp-ft-Start-caution">
          {trans.__(
            'A language model is needed to draft it: give the server a key (ANTHROPIC_API_KEY), or name a model and the address of its server.'
          )}
        </p>
      )}
      {!draft && (
        <button
          type="button"
          className="jp-ft-button"
          disabled={busy || empty || nobody}
          onClick={() => void words.begin()}
        >
          {trans.__('Draft')}
        </button>
      )}
      <p role="status" className="jp-ft-hidden">
        {busy ? trans.__('Working on the draft…') : ''}
      </p>
      {busy && <Working {...props} />}
      <p role="alert" className={words.problem ? 'jp-ft-warning' : undefined}>
        {clean(words.problem)}
      </p>
      {draft && <Draft {...props} draft={draft} off={busy || task !== ''} />}
      {task && <p>{trans.__('The task is made: %1. Start begins a campaign on it.', task)}</p>}
    </div>
  );
}

/** How far the server is, with a way to end it. */
function Working(props: IPartProps): JSX.Element {
  const { words, trans } = props;
  const far = words.drafting;
  return (
    <div className="jp-ft-Start-progress">
      <progress aria-label={trans.__('Progress')} />
      <span>{far && `${clean(far.doing)} · ${trans.__('%1 s', Math.round(far.seconds))}`}</span>
      <button type="button" className="jp-ft-button" onClick={() => void words.cancel()}>
        {trans.__('Cancel the draft')}
      </button>
    </div>
  );
}

/**
 * Keeps the keyboard's place while the server works: the focus goes from what is off meanwhile to
 * the button that ends it, and back.
 *
 * @returns What hears where the focus is: a browser takes it from what is switched off at once.
 */
function useFocusBack(box: React.RefObject<HTMLElement>, busy: boolean): React.FocusEventHandler {
  const last = React.useRef<HTMLElement | null>(null);
  const left = React.useRef<HTMLElement | null>(null);
  React.useLayoutEffect(() => {
    const { activeElement } = document;
    if (activeElement !== document.body && !box.current?.contains(activeElement)) {
      return;
    }
    if (busy) {
      left.current = last.current;
      box.current?.querySelector<HTMLElement>('.jp-ft-Start-progress button')?.focus();
    } else if (left.current) {
      const { current } = left;
      left.current = null;
      const back = current.isConnected && !current.matches(':disabled') ? current : null;
      (back ?? box.current?.querySelector<HTMLElement>('section') ?? box.current)?.focus();
    }
  }, [box, busy]);
  return event => {
    last.current = event.target as HTMLElement;
  };
}

function Field(
  props: IPartProps & { field: keyof IWordsForm; label: string; most: number }
): JSX.Element {
  const { words, field, label } = props;
  const id = `jp-ft-words-${field}`;
  return (
    <div className={`jp-ft-Start-entry ${field === 'wish' ? 'jp-mod-whole' : 'jp-mod-file'}`}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="jp-ft-input"
        autoComplete="off"
        maxLength={props.most}
        disabled={words.draft !== null}
        value={words.form[field]}
        onChange={event => words.set({ [field]: event.target.value })}
      />
    </div>
  );
}

function Draft(props: IPartProps & { draft: ITaskDraft; off: boolean }): JSX.Element {
  const { words, draft, off, trans } = props;
  const [told, setTold] = React.useState('');
  const id = React.useId();
  const answers = draft.rows.flatMap(row => row.answers);
  const wrong = answers.filter(answer => !answer.agrees).length;
  const { edited } = words;
  return (
    <section className="jp-ft-Own-seen" aria-label={trans.__('The draft')} tabIndex={-1}>
      <WordsCard {...props} />
      <p className="jp-ft-muted">
        {oneLine(draft.why_metric, 200)}
        {draft.said && ` · ${oneLine(draft.said, 200)}`}
      </p>
      {draft.planted.slice(0, 5).map((text, at) => (
        <p key={at} className="jp-ft-warning">
          {oneLine(text, 300)}
        </p>
      ))}
      {draft.rows.map(row => (
        <table key={row.row} className="jp-ft-Own-judged">
          <caption>
            {oneLine(row.prompt, 240)} ·{' '}
            {trans.__('right: %1', oneLine(row.right.join(' | '), 120))}
          </caption>
          <tbody>
            {row.answers.map(answer => (
              <Answer key={answer.label} {...props} answer={answer} />
            ))}
          </tbody>
        </table>
      ))}
      <p role="status">
        {wrong === 0
          ? trans.__('The scorer says what it should of all %1 made-up answers.', answers.length)
          : trans.__('The scorer says of %1 of %2 what it should not.', wrong, answers.length)}
      </p>
      <label htmlFor={id}>{trans.__('What is wrong with it, in words')}</label>
      <div className="jp-ft-Veto-line">
        <input
          id={id}
          className="jp-ft-input"
          autoComplete="off"
          maxLength={1000}
          disabled={off}
          value={told}
          onChange={event => setTold(event.target.value)}
        />
        <button
          type="button"
          className="jp-ft-button"
          disabled={off || edited || !told.trim()}
          onClick={() => void words.again(told).then(() => setTold(''))}
        >
          {trans.__('Draft again')}
        </button>
        <button
          type="button"
          className="jp-ft-button jp-mod-primary"
          disabled={off || edited || wrong > 0}
          onClick={() => void words.seal()}
        >
          {trans.__('Seal')}
        </button>
      </div>
    </section>
  );
}

function Answer(props: IPartProps & { answer: IMadeUpAnswer; off: boolean }): JSX.Element {
  const { words, answer, off, trans } = props;
  const should = answer.should === 'right' ? trans.__('right') : trans.__('wrong');
  const other = answer.should === 'right' ? trans.__('wrong') : trans.__('right');
  return (
    <tr className={answer.agrees ? undefined : 'jp-mod-apart'}>
      <td>{oneLine(answer.text, 120) || trans.__('(nothing)')}</td>
      <td>
        <span aria-hidden="true">{answer.agrees ? '✓' : '✕'}</span>{' '}
        {trans.__('should be %1, scorer says %2', should, answer.score.toFixed(2))}
      </td>
      <td>
        <button
          type="button"
          className="jp-ft-link"
          disabled={off}
          aria-label={trans.__('%1 is %2', answer.label, other)}
          onClick={() => void words.turn(answer)}
        >
          {trans.__('it is %1', other)}
        </button>{' '}
        <button
          type="button"
          className="jp-ft-link"
          disabled={off}
          aria-label={trans.__('Leave %1 out', answer.label)}
          onClick={() => void words.correct({ drop: [answer.label] })}
        >
          {trans.__('leave out')}
        </button>
      </td>
    </tr>
  );
}
