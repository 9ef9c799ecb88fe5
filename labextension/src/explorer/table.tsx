/**
 * The trials as a table: sorted by a click on a head, filtered by text and by word.
 */

import React from 'react';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { Column, IFilter, IOrder, nextOrder, tableRows } from '../store/table';
import { BEST, WORDS, wordFor } from '../words/marks';
import { duration, interval } from '../words/numbers';
import { oneLine } from '../words/text';
import { Score, scaleOf } from './score';
import { useWindow } from './window';

const ROW = 24;

/** The table of a campaign's trials. */
export function TrialTable(props: { model: ICampaignModel }): JSX.Element {
  const { model } = props;
  const { store, commands, trans } = useFace();
  const version = useVersion(model);
  useVersion(store);
  const [filter, setFilter] = React.useState<IFilter>({ text: '', word: '' });
  const [order, setOrder] = React.useState<IOrder>({ column: 'trial', descending: false });
  const rows = React.useMemo(
    () => tableRows(model.nodes.values(), filter, order),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [version, model, filter, order]
  );
  const scale = React.useMemo(
    () => scaleOf(model.nodes.values(), model.campaign?.metric?.higher_is_better ?? true),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [version, model]
  );
  const sight = useWindow(rows.length, ROW, ROW);
  const at = rows.findIndex(row => row.trial === store.selected);
  const columns: [Column, string][] = [
    ['trial', trans.__('Trial')],
    ['word', trans.__('Verdict')],
    ['score', trans.__('Score')],
    ['title', trans.__('Change')],
    ['parent', trans.__('From')],
    ['rule', trans.__('Rule')],
    ['seconds', trans.__('Time')]
  ];
  const open = (trial: string): void => {
    void commands.execute(CommandIDs.openTrial, { campaign: model.id, trial });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const moves: { [key: string]: number } = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: at + sight.page,
      PageUp: at - sight.page
    };
    if (event.key === 'Enter' && at >= 0) {
      open(rows[at].trial);
    } else if (event.key in moves && rows.length > 0) {
      const to = Math.min(rows.length - 1, Math.max(0, moves[event.key]));
      store.select(rows[to].trial);
      sight.show(to);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="jp-ft-Table">
      <div className="jp-ft-Table-tools">
        <input
          type="search"
          className="jp-ft-input"
          placeholder={trans.__('Filter')}
          aria-label={trans.__('Filter trials by words')}
          value={filter.text}
          onChange={event => setFilter({ ...filter, text: event.target.value })}
        />
        <select
          className="jp-ft-select"
          aria-label={trans.__('Show only trials with this verdict or state')}
          value={filter.word}
          onChange={event => setFilter({ ...filter, word: event.target.value })}
        >
          <option value="">{trans.__('all')}</option>
          {WORDS.map(word => (
            <option key={word} value={word}>
              {wordFor(word, trans)}
            </option>
          ))}
        </select>
        <span className="jp-ft-muted" role="status">
          {trans.__('%1 of %2', rows.length, model.nodes.size)}
        </span>
      </div>
      <div
        ref={sight.ref}
        className="jp-ft-Table-scroll"
        role="grid"
        aria-label={trans.__('Trials')}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        tabIndex={0}
        aria-activedescendant={at >= 0 ? cellId(model.id, rows[at].trial) : undefined}
        onScroll={sight.onScroll}
        onKeyDown={onKeyDown}
      >
        <div className="jp-ft-Table-row jp-ft-Table-head" role="row" aria-rowindex={1}>
          {columns.map(([column, label]) => (
            <span
              key={column}
              role="columnheader"
              aria-sort={
                order.column !== column ? 'none' : order.descending ? 'descending' : 'ascending'
              }
              className={`jp-ft-col-${column}`}
            >
              <button
                className="jp-ft-sort"
                onClick={() => setOrder(old => nextOrder(old, column))}
              >
                {label}
                <span aria-hidden="true">
                  {order.column === column ? (order.descending ? ' ▾' : ' ▴') : ''}
                </span>
              </button>
            </span>
          ))}
        </div>
        {rows.length === 0 && (
          <p className="jp-ft-empty">
            {model.nodes.size === 0
              ? trans.__('No trials yet. `%ftagent propose` asks for the first one.')
              : trans.__('No trial passes this filter.')}
          </p>
        )}
        <div role="rowgroup" style={{ height: sight.height, position: 'relative' }}>
          <div role="none" style={{ transform: `translateY(${sight.top}px)` }}>
            {rows.slice(sight.first, sight.last).map((node, index) => (
              <div
                key={node.trial}
                id={cellId(model.id, node.trial)}
                role="row"
                aria-rowindex={sight.first + index + 2}
                aria-selected={node.trial === store.selected}
                className={`jp-ft-Table-row jp-ft-is-${node.word}${
                  node.trial === store.selected ? ' jp-mod-selected' : ''
                }`}
                style={{ height: ROW }}
                data-trial={node.trial}
                onClick={() => store.select(node.trial)}
                onDoubleClick={() => open(node.trial)}
              >
                <span role="gridcell" className="jp-ft-col-trial">
                  {node.trial}
                </span>
                <span role="gridcell" className="jp-ft-col-word">
                  <span className="jp-ft-Mark" aria-hidden="true">
                    {node.mark}
                  </span>
                  {wordFor(node.word, trans)}
                  {node.trial === model.campaign?.best && (
                    <span className="jp-ft-Best" title={trans.__('best so far')}>
                      {' '}
                      {BEST}
                    </span>
                  )}
                </span>
                <span role="gridcell" className="jp-ft-col-score">
                  <Score node={node} scale={scale} />
                  <span className="jp-ft-muted"> {interval(node.low, node.high)}</span>
                </span>
                <span
                  role="gridcell"
                  className="jp-ft-col-title"
                  title={oneLine(node.failure || node.title, 300)}
                >
                  {oneLine(node.failure || node.title, 120)}
                </span>
                <span role="gridcell" className="jp-ft-col-parent">
                  {node.parent ?? ''}
                </span>
                <span role="gridcell" className="jp-ft-col-rule">
                  {oneLine(node.rule, 40)}
                </span>
                <span role="gridcell" className="jp-ft-col-seconds">
                  {node.seconds > 0 ? duration(node.seconds) : ''}
                </span>
              </div>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function cellId(campaign: string, trial: string): string {
  return `ft-table-${campaign}-${trial}`;
}
