/**
 * The wrong answers of a view, asked again one after the other; beside each the right answer.
 */

import React from 'react';
import { ITrialPage } from '../api/documents';
import { TrialLink } from '../card/link';
import { useFace } from '../face';
import { clean } from '../words/text';
import { IAnswer, phaseText } from './answers';
import { IBatchItem, MOST_ASKED } from './batch';
import { PlaygroundModel } from './model';

interface IProps {
  model: PlaygroundModel;
  page: ITrialPage;
}

/** Which are asked, how far that is, and what was answered. */
export function WrongAgain(props: IProps): JSX.Element | null {
  const { trans } = useFace();
  const { model, page } = props;
  const { batch } = model;
  const [view, setView] = React.useState('');
  const wanted = page.wrong.filter(item => view === '' || item.view === view);
  if (page.wrong.length === 0) {
    return null;
  }
  const views = [...new Set(page.wrong.map(item => item.view))].sort();
  const parent = page.parent !== null && page.parent !== 't0000';
  return (
    <section className="jp-ft-Again" aria-label={trans.__('Wrong answers, asked again')}>
      <h3>{trans.__('Wrong answers, asked again')}</h3>
      <div className="jp-ft-WrongTools">
        <select
          className="jp-ft-select"
          aria-label={trans.__('View whose wrong answers are asked')}
          value={view}
          onChange={event => setView(event.target.value)}
        >
          <option value="">{trans.__('all views')}</option>
          {views.map(each => (
            <option key={each} value={each}>
              {clean(each)}
            </option>
          ))}
        </select>
        {parent && <Beside model={model} whom="parent" label={trans.__('its parent, too')} />}
        {page.id !== 't0000' && (
          <Beside model={model} whom="base" label={trans.__('the base, too')} />
        )}
        <button
          className="jp-ft-button"
          disabled={model.busy || batch.busy}
          onClick={() => void model.askAll(wanted)}
        >
          {trans.__('Ask all wrong answers of this view')}
        </button>
        <button className="jp-ft-button" disabled={!batch.busy} onClick={() => batch.cancel()}>
          {trans.__('Stop asking')}
        </button>
        {batch.items.length > 0 && (
          <>
            <progress
              max={batch.items.length}
              value={batch.done}
              aria-label={trans.__('Wrong answers asked again')}
            />
            <span className="jp-ft-muted" role="status">
              {trans.__('%1 of %2', batch.done, batch.items.length)}
            </span>
          </>
        )}
      </div>
      {wanted.length > MOST_ASKED && (
        <p className="jp-ft-muted">{trans.__('The first %1 are asked.', MOST_ASKED)}</p>
      )}
      {batch.problem && (
        <p className="jp-ft-warning" role="alert">
          {clean(batch.problem)}
        </p>
      )}
      {batch.items.length > 0 && (
        <ol className="jp-ft-WrongList" aria-label={trans.__('Answers to wrong answers')}>
          {batch.items.map(each => (
            <Item key={each.item.id} each={each} model={model} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Beside(props: {
  model: PlaygroundModel;
  whom: 'parent' | 'base';
  label: string;
}): JSX.Element {
  const { batch } = props.model;
  return (
    <label className="jp-ft-Switch">
      <input
        type="checkbox"
        checked={batch.beside[props.whom]}
        disabled={batch.busy}
        onChange={event => batch.set({ [props.whom]: event.target.checked })}
      />
      {props.label}
    </label>
  );
}

function Item(props: { each: IBatchItem; model: PlaygroundModel }): JSX.Element {
  const { trans } = useFace();
  const { each, model } = props;
  const { item } = each;
  const phases: { [phase in IBatchItem['phase']]: string } = {
    waiting: trans.__('waits'),
    asking: trans.__('is asked…'),
    done: '',
    failed: trans.__('no answer'),
    'left out': trans.__('not asked: its prompt is shown in part only')
  };
  return (
    <li className="jp-ft-WrongItem" data-ft-phase={each.phase}>
      <p className="jp-ft-WrongItem-head">
        <span className="jp-ft-muted">
          {[clean(item.view), phases[each.phase]].filter(Boolean).join(' · ')}
        </span>
      </p>
      <dl className="jp-ft-Answers">
        <dt>{trans.__('asked')}</dt>
        <dd>{clean(item.prompt)}</dd>
        <dt>{trans.__('right')}</dt>
        <dd>{clean(item.gold)}</dd>
        <dt>{trans.__('when scored')}</dt>
        <dd>{clean(item.output)}</dd>
        {each.answers.map(answer => (
          <React.Fragment key={answer.trial}>
            <dt>
              <TrialLink campaign={model.campaign} trial={answer.trial} /> {trans.__('now')}
            </dt>
            <dd>
              <Said answer={answer} />
            </dd>
          </React.Fragment>
        ))}
      </dl>
      {each.problem && <p className="jp-ft-warning">{clean(each.problem)}</p>}
    </li>
  );
}

function Said(props: { answer: IAnswer }): JSX.Element {
  const { trans } = useFace();
  const { answer } = props;
  if (answer.problem) {
    return <span className="jp-ft-warning">{clean(answer.problem)}</span>;
  }
  return (
    <>
      {clean(answer.text)} <span className="jp-ft-muted">{phaseText(answer, trans)}</span>
    </>
  );
}
