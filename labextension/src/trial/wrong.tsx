/**
 * The wrong answers of a trial, filtered by view, kind and words, with the parent's answer beside.
 */

import React from 'react';
import { ITrialPage, IWrongDetail } from '../api/documents';
import { useFace } from '../face';
import { clean } from '../words/text';

/** Which wrong answers are to be shown; "" for all. */
export interface IWrongFilter {
  view: string;
  kind: string;
  /** Words that all must occur, in any order. */
  text: string;
}

/** The wrong answers that pass. */
export function filterWrong(items: readonly IWrongDetail[], filter: IWrongFilter): IWrongDetail[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(item => {
    const text = [item.id, item.prompt, item.gold, item.output, item.parent?.output ?? '']
      .join(' ')
      .toLowerCase();
    return (
      (filter.view === '' || item.view === filter.view) &&
      (filter.kind === '' || item.kind === filter.kind) &&
      words.every(word => text.includes(word))
    );
  });
}

/** The wrong answers of a page. */
export function Wrong(props: {
  page: ITrialPage;
  /** Takes a prompt to the playground. */
  onAsk?: (prompt: string) => void;
  /** Asks those that are shown again, one after the other, in the playground. */
  onAskAll?: (items: IWrongDetail[]) => void;
}): JSX.Element {
  const { trans } = useFace();
  const { page, onAskAll } = props;
  const [filter, setFilter] = React.useState<IWrongFilter>({ view: '', kind: '', text: '' });
  const kinds: { [kind: string]: string } = {
    wrong: trans.__('wrong'),
    unreadable: trans.__('could not be read'),
    'cut off': trans.__('cut off')
  };
  if (page.wrong.length === 0) {
    return <p className="jp-ft-empty">{trans.__('No wrong answers are known.')}</p>;
  }
  const found = filterWrong(page.wrong, filter);
  const views = [...new Set(page.wrong.map(item => item.view))].sort();
  const present = Object.keys(kinds).filter(kind => page.wrong.some(item => item.kind === kind));
  return (
    <>
      <div className="jp-ft-WrongTools">
        <input
          type="search"
          className="jp-ft-input"
          placeholder={trans.__('Filter')}
          aria-label={trans.__('Filter wrong answers by words')}
          value={filter.text}
          onChange={event => setFilter({ ...filter, text: event.target.value })}
        />
        <Choice
          label={trans.__('Show only wrong answers of this view')}
          all={trans.__('all views')}
          value={filter.view}
          options={views.map(view => [view, clean(view)])}
          onChoose={view => setFilter({ ...filter, view })}
        />
        <Choice
          label={trans.__('Show only wrong answers of this kind')}
          all={trans.__('all kinds')}
          value={filter.kind}
          options={present.map(kind => [kind, kinds[kind]])}
          onChoose={kind => setFilter({ ...filter, kind })}
        />
        <span className="jp-ft-muted" role="status">
          {trans.__('%1 of %2', found.length, page.wrong.length)}
        </span>
        {onAskAll && page.status === 'scored' && found.length > 0 && (
          <button
            className="jp-ft-button"
            title={trans.__('In the playground, one after the other; nothing of it is scored')}
            onClick={() => onAskAll(found)}
          >
            {trans.__('Ask all of these by hand')}
          </button>
        )}
      </div>
      {found.length === 0 && (
        <p className="jp-ft-empty">{trans.__('No wrong answer passes this filter.')}</p>
      )}
      <ol className="jp-ft-WrongList" aria-label={trans.__('Wrong answers')}>
        {found.map(item => (
          <Item
            key={item.id}
            item={item}
            page={page}
            kind={kinds[item.kind] ?? item.kind}
            onAsk={props.onAsk}
          />
        ))}
      </ol>
    </>
  );
}

function Choice(props: {
  label: string;
  all: string;
  value: string;
  options: [string, string][];
  onChoose: (value: string) => void;
}): JSX.Element {
  return (
    <select
      className="jp-ft-select"
      aria-label={props.label}
      value={props.value}
      onChange={event => props.onChoose(event.target.value)}
    >
      <option value="">{props.all}</option>
      {props.options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

function Item(props: {
  item: IWrongDetail;
  page: ITrialPage;
  kind: string;
  onAsk?: (prompt: string) => void;
}): JSX.Element {
  const { trans } = useFace();
  const { item, page, kind, onAsk } = props;
  return (
    <li className="jp-ft-WrongItem">
      <p className="jp-ft-WrongItem-head">
        <span className="jp-ft-muted">
          {clean(item.view)} · {kind}
        </span>
        {onAsk && page.status === 'scored' && (
          <button className="jp-ft-link" onClick={() => onAsk(item.prompt)}>
            {trans.__('Ask this by hand')}
          </button>
        )}
      </p>
      <dl className="jp-ft-Answers">
        <dt>{trans.__('asked')}</dt>
        <dd>{clean(item.prompt)}</dd>
        <dt>{trans.__('right')}</dt>
        <dd>{clean(item.gold)}</dd>
        <dt>{trans.__('%1 answered', page.id)}</dt>
        <dd>
          <Verdict right={false} /> {clean(item.output) || <Empty />}
        </dd>
        {page.parent && (
          <>
            <dt>{trans.__('%1 answered', page.parent)}</dt>
            <dd>
              {item.parent ? (
                <>
                  <Verdict right={item.parent.right} /> {clean(item.parent.output) || <Empty />}
                </>
              ) : (
                <span className="jp-ft-muted">{trans.__('not known')}</span>
              )}
            </dd>
          </>
        )}
      </dl>
    </li>
  );
}

function Verdict(props: { right: boolean }): JSX.Element {
  const { trans } = useFace();
  const words = props.right ? trans.__('right') : trans.__('wrong');
  return (
    <span className={props.right ? 'jp-ft-added' : 'jp-ft-removed'} title={words}>
      <span aria-hidden="true">{props.right ? '✓' : '✕'}</span>
      <span className="jp-ft-hidden">{words}:</span>
    </span>
  );
}

function Empty(): JSX.Element {
  const { trans } = useFace();
  return <span className="jp-ft-muted">{trans.__('nothing')}</span>;
}
