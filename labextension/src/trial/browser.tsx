/**
 * A browser of training rows: a list of which only what is in sight is drawn, and the chosen row.
 *
 * All of it is text of data, shown as text. Evaluation items are in none of it.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { IShownRow, ITokenisedRow, ITrialPage } from '../api/documents';
import { topsOf, useWindow } from '../explorer/window';
import { useFace, useVersion } from '../face';
import { count } from '../words/numbers';
import { clean, oneLine } from '../words/text';
import { dataCard } from './data';
import { RowsModel } from './rows_model';

/** Height of a line of the list, in pixels; as in the style sheet. */
const LINE = 42;

interface IProps {
  model: RowsModel;
  page: ITrialPage;
}

/** The rows of a trial, made anew where the trial's rows are. */
export function RowsBrowser(props: { page: ITrialPage; campaign: string }): JSX.Element | null {
  const { store } = useFace();
  const { page, campaign } = props;
  const [model, setModel] = React.useState<RowsModel | null>(null);
  const { id } = page;
  const checks = page.checks.length;
  React.useEffect(() => {
    const made = new RowsModel(store, campaign, id);
    void made.load();
    setModel(made);
    return () => made.dispose();
  }, [store, campaign, id, checks]);
  return model && <Browser model={model} page={page} />;
}

/** The browser of a model's rows. */
export function Browser(props: IProps): JSX.Element | null {
  const { trans } = useFace();
  const { model, page } = props;
  useVersion(model);
  const { head, problem } = model;
  if (!head) {
    return problem ? <p role="alert">{problem}</p> : null;
  }
  return (
    <section className="jp-ft-Browser" aria-label={trans.__('Training rows')}>
      <h3>{trans.__('Training rows')}</h3>
      {problem && <p role="alert">{problem}</p>}
      {head.withheld ? (
        <p className="jp-ft-empty">{trans.__('No row is shown: %1.', clean(head.withheld))}</p>
      ) : (
        <>
          <Passed page={page} />
          <Tools model={model} />
          <div className="jp-ft-Browser-parts">
            <List model={model} />
            <Chosen model={model} />
          </div>
        </>
      )}
    </section>
  );
}

/** What all rows passed: why they are here. */
function Passed(props: { page: ITrialPage }): JSX.Element | null {
  const { trans } = useFace();
  const steps = dataCard(props.page)?.steps ?? [];
  const told = steps.map(step => `${clean(step.operator)} (${count(step.rows_out)})`);
  return told.length === 0 ? null : (
    <p className="jp-ft-muted">
      {trans.__('Each of these rows was kept by: %1', told.join(' → '))}
    </p>
  );
}

function Tools(props: { model: RowsModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  const { filter } = model;
  const { sources, found, total, complete } = model.head!;
  return (
    <div className="jp-ft-WrongTools">
      <input
        type="search"
        className="jp-ft-input"
        placeholder={trans.__('Filter')}
        aria-label={trans.__('Filter training rows by words')}
        value={filter.text}
        maxLength={500}
        onChange={event => model.set({ text: event.target.value })}
      />
      <select
        className="jp-ft-select"
        aria-label={trans.__('Show only rows of this source')}
        value={filter.source}
        onChange={event => model.set({ source: event.target.value })}
      >
        <option value="">{trans.__('all sources')}</option>
        {sources.map(each => (
          <option key={each.source} value={each.source}>
            {oneLine(each.source, 60)} ({count(each.rows)})
          </option>
        ))}
      </select>
      <span className="jp-ft-muted" role="status">
        {trans.__('%1 of %2', count(found), count(total))}
        {!complete && ` · ${trans.__('the file is too large to be looked through whole')}`}
      </span>
    </div>
  );
}

function List(props: { model: RowsModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  const found = model.head!.found;
  const tops = React.useMemo(() => topsOf(Array.from({ length: found }, () => LINE)), [found]);
  const sight = useWindow(tops);
  const { first, last } = sight;
  React.useEffect(() => model.need(first, last));
  const { chosen } = model;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const moves: { [key: string]: number } = {
      ArrowDown: chosen + 1,
      ArrowUp: Math.max(0, chosen - 1),
      Home: 0,
      End: found - 1,
      PageDown: chosen + sight.page,
      PageUp: Math.max(0, chosen - sight.page)
    };
    if (event.key in moves && found > 0) {
      model.choose(moves[event.key]);
      sight.show(model.chosen);
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const id = (place: number): string => `ft-rows-${model.campaign}-${model.trial}-${place}`;
  return found === 0 ? (
    <p className="jp-ft-empty">{trans.__('No row passes this filter.')}</p>
  ) : (
    <div
      ref={sight.ref}
      className="jp-ft-Browser-list"
      role="listbox"
      tabIndex={0}
      aria-label={trans.__('Training rows')}
      aria-activedescendant={chosen >= first && chosen < last ? id(chosen) : undefined}
      onScroll={sight.onScroll}
      onKeyDown={onKeyDown}
    >
      <div role="none" style={{ height: sight.height, position: 'relative' }}>
        <div role="none" style={{ transform: `translateY(${sight.top}px)` }}>
          {Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index).map(
            place => (
              <Line
                key={place}
                id={id(place)}
                row={model.at(place)}
                place={place}
                of={found}
                chosen={place === chosen}
                onChoose={() => model.choose(place)}
              />
            )
          )}
        </div>
      </div>
    </div>
  );
}

function Line(props: {
  id: string;
  row: IShownRow | null;
  place: number;
  of: number;
  chosen: boolean;
  onChoose: () => void;
}): JSX.Element {
  const { row, place, chosen } = props;
  const turns = row?.turns ?? [];
  const answer = turns[turns.length - 1]?.content ?? '';
  const asked = turns
    .slice(0, -1)
    .map(turn => turn.content)
    .join(' ');
  return (
    <div
      id={props.id}
      role="option"
      aria-selected={chosen}
      aria-posinset={place + 1}
      aria-setsize={props.of}
      className={chosen ? 'jp-ft-Browser-row jp-mod-selected' : 'jp-ft-Browser-row'}
      style={{ height: LINE }}
      onClick={props.onChoose}
    >
      <span className="jp-ft-Browser-asked">
        <span className="jp-ft-muted">{row ? row.row : '…'}</span> {oneLine(asked, 300)}
      </span>
      <span className="jp-ft-Browser-answer">{row && `→ ${oneLine(answer, 300)}`}</span>
    </div>
  );
}

function Chosen(props: { model: RowsModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  const row = model.chosen < 0 ? null : model.at(model.chosen);
  return (
    <div className="jp-ft-Browser-chosen" role="region" aria-label={trans.__('The chosen row')}>
      {row ? (
        <Whole model={model} row={row} />
      ) : (
        <p className="jp-ft-empty">{trans.__('Choose a row to see it whole.')}</p>
      )}
    </div>
  );
}

function Whole(props: { model: RowsModel; row: IShownRow }): JSX.Element {
  const { trans } = useFace();
  const { model, row } = props;
  const tokens = model.tokens(row.row);
  return (
    <>
      <p className="jp-ft-muted">
        {trans.__('row %1 · %2 · %3', row.row, clean(row.id), clean(row.source))}
        {row.turns_left_out > 0 &&
          ` · ${trans.__('%1 earlier turns left out', row.turns_left_out)}`}
      </p>
      {row.why.length > 0 && (
        <ul className="jp-ft-Browser-why" aria-label={trans.__('What operators wrote of it')}>
          {row.why.map((why, index) => (
            <li key={index}>{clean(why)}</li>
          ))}
        </ul>
      )}
      <dl className="jp-ft-Turns">
        {row.turns.map((turn, index) => (
          <React.Fragment key={index}>
            <dt>
              {clean(turn.role)}
              {turn.trained && <span className="jp-ft-muted"> {trans.__('learned')}</span>}
            </dt>
            <dd>
              {clean(turn.content)}
              {turn.cut && <span className="jp-ft-muted"> {trans.__('… cut here')}</span>}
            </dd>
          </React.Fragment>
        ))}
      </dl>
      {tokens ? (
        <Tokens row={tokens} trans={trans} />
      ) : (
        <button
          className="jp-ft-button"
          disabled={model.tokenising(row.row)}
          onClick={() => void model.tokenise(row.row)}
        >
          {model.tokenising(row.row) ? trans.__('Tokenising…') : trans.__('Show tokens')}
        </button>
      )}
    </>
  );
}

/** A row's tokens; what is inside the loss is marked. */
function Tokens(props: { row: ITokenisedRow; trans: TranslationBundle }): JSX.Element {
  const { row, trans } = props;
  if (row.problem) {
    return <p className="jp-ft-warning">{clean(row.problem)}</p>;
  }
  const left = row.tokens - row.pieces.length;
  return (
    <>
      <p className="jp-ft-muted">
        {trans.__(
          '%1 tokens, %2 of them inside the loss, which is marked; before rows are cut to the greatest length of the training.',
          count(row.tokens),
          count(row.trained)
        )}
      </p>
      <p className="jp-ft-Tokens">
        {row.pieces.map((piece, index) =>
          piece.trained ? (
            <mark key={index}>{visible(piece.text)}</mark>
          ) : (
            <span key={index}>{visible(piece.text)}</span>
          )
        )}
        {left > 0 && <span className="jp-ft-muted">{trans.__(' … %1 more', count(left))}</span>}
      </p>
    </>
  );
}

/** A token's text with line breaks that can be seen. */
function visible(text: string): string {
  return clean(text).replace(/\n/g, '↵\n');
}
