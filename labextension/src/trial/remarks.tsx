/**
 * What people write down of a trial: tags to find it again by, and notes. The agent hears of neither.
 */

import React from 'react';
import { ActionBody, INoted, ITrialPage } from '../api/documents';
import { errorText } from '../api/errors';
import { useFace } from '../face';
import { tagsOf } from '../store/tree';
import { moment } from '../words/numbers';
import { actorName, clean } from '../words/text';
import { TrialPageModel } from './model';

interface IProps {
  model: TrialPageModel;
  page: ITrialPage;
}

/** Writes something down and reads what has become of it; tells what was refused. */
function useWriting(model: TrialPageModel): {
  write: (body: ActionBody) => Promise<boolean>;
  problem: string;
} {
  const { store } = useFace();
  const [problem, setProblem] = React.useState('');
  const write = async (body: ActionBody): Promise<boolean> => {
    try {
      await store.ask(model.campaign, { ...body, trial: model.trial });
      await model.load();
      setProblem('');
      return true;
    } catch (error) {
      setProblem(errorText(error));
      return false;
    }
  };
  return { write, problem };
}

/** The tags of a trial, and a field for one more. */
export function Tags(props: IProps): JSX.Element {
  const { store, trans } = useFace();
  const { model, page } = props;
  const { write, problem } = useWriting(model);
  const [text, setText] = React.useState('');
  const tags = Object.entries(page.tags ?? {});
  const known = tagsOf(store.model(model.campaign).nodes.values());
  const list = `jp-ft-tags-${model.campaign}-${page.id}`;
  const add = async (): Promise<void> => {
    if (text.trim() && (await write({ action: 'tag', tag: text.trim() }))) {
      setText('');
    }
  };
  return (
    <div className="jp-ft-Tags">
      <ul className="jp-ft-Chips" aria-label={trans.__('Tags')}>
        {tags.map(([tag, by]) => (
          <li key={tag} className="jp-ft-Chip">
            <span title={`${actorName(by.actor)}, ${moment(by.time)}`}>#{clean(tag)}</span>
            <button
              className="jp-ft-tool"
              aria-label={trans.__('Take the tag %1 away', clean(tag))}
              title={trans.__('Take it away')}
              onClick={() => void write({ action: 'untag', tag })}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={event => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          className="jp-ft-input"
          list={list}
          maxLength={41}
          size={10}
          placeholder={trans.__('Add a tag')}
          aria-label={trans.__('Add a tag')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <datalist id={list}>
          {known
            .filter(tag => !(tag in (page.tags ?? {})))
            .map(tag => (
              <option key={tag} value={tag} />
            ))}
        </datalist>
      </form>
      {problem && (
        <span className="jp-ft-warning" role="alert">
          {clean(problem)}
        </span>
      )}
    </div>
  );
}

/** The notes of a trial, and a field for one more. */
export function Notes(props: IProps): JSX.Element {
  const { trans } = useFace();
  const { model, page } = props;
  const { write, problem } = useWriting(model);
  const [text, setText] = React.useState('');
  const notes = (page.notes ?? []).filter(note => note.kind !== 'prompt');
  const add = async (): Promise<void> => {
    if (text.trim() && (await write({ action: 'note', kind: 'note', text: text.trim() }))) {
      setText('');
    }
  };
  return (
    <section className="jp-ft-Notes" aria-label={trans.__('Notes')}>
      <h3>{trans.__('Notes')}</h3>
      {notes.length > 0 && (
        <ul>
          {notes.map(note => (
            <Note
              key={note.seq}
              note={note}
              onRemove={() => void write({ action: 'remove_note', note: note.seq })}
            />
          ))}
        </ul>
      )}
      <form
        onSubmit={event => {
          event.preventDefault();
          void add();
        }}
      >
        <textarea
          className="jp-ft-input"
          rows={2}
          aria-label={trans.__('Write a note')}
          placeholder={trans.__('Write a note; the agent is not told of it')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <button className="jp-ft-button" type="submit" disabled={text.trim() === ''}>
          {trans.__('Keep note')}
        </button>
      </form>
      {problem && (
        <p className="jp-ft-warning" role="alert">
          {clean(problem)}
        </p>
      )}
    </section>
  );
}

function Note(props: { note: INoted; onRemove: () => void }): JSX.Element {
  const { trans } = useFace();
  const { note } = props;
  return (
    <li>
      <p>{clean(note.text)}</p>
      <span className="jp-ft-muted">
        {actorName(note.actor)} · {moment(note.time)}
      </span>{' '}
      <button
        className="jp-ft-link"
        aria-label={trans.__('Take the note away: %1', clean(note.text).slice(0, 60))}
        onClick={props.onRemove}
      >
        {trans.__('Take away')}
      </button>
    </li>
  );
}
