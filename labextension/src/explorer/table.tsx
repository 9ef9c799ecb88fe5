/**
 * The trials as a table: sorted by a click on a head, filtered by text and by word.
 */

import React from 'react';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { Column, IFilter, IOrder, nextOrder, tableRows } from '../store/table';
import { tagsOf } from '../store/tree';
import { BEST, WORDS, wordFor } from '../words/marks';
import { duration, interval } from '../words/numbers';
import { clean, oneLine } from '../words/text';
import { labelOf, linesOf, measureIn, rowTitle } from './rows';
import { Score, scaleOf } from './score';
import { Lines } from './tree';
import { topsOf, useRoom, useWindow } from './window';

const ROW = 24;
const LINE = 15;
/** Size of a label beside that of the row; as in the style sheet. */
const SMALL = 0.92;
/** Height of the first of two lines, and of the space below both. */
const FIRST = 22;
const BELOW = 5;
/** Pixels that a label of a narrow row cannot have: padding, gap and the interval. */
const BESIDE = 108;
/** Below this width, in pixels, a row has what it changes on a line of its own. */
const NARROW = 560;
/** The columns that a narrow table has. */
const FEW: readonly Column[] = ['trial', 'word', 'score', 'title'];

/** The table of a campaign's trials. */
export function TrialTable(props: { model: ICampaignModel }): JSX.Element {
  const { model } = props;
  const { store, commands, trans } = useFace();
  const version = useVersion(model);
  useVersion(store);
  const [chosen, setFilter] = React.useState<IFilter>({ text: '', word: '', tag: '' });
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const tags = React.useMemo(() => tagsOf(model.nodes.values()), [version, model]);
  const gone = !tags.includes(chosen.tag ?? '');
  const filter = React.useMemo(() => (gone ? { ...chosen, tag: '' } : chosen), [gone, chosen]);
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
  const box = React.useRef<HTMLDivElement>(null);
  const room = useRoom(box);
  const { width } = room;
  const narrow = width > 0 && width < NARROW;
  const lines = React.useMemo(() => {
    const measure = measureIn(room.family && `${room.size * SMALL}px ${room.family}`);
    return rows.map(row => (narrow ? linesOf(labelOf(row), width - BESIDE, measure) : 0));
  }, [rows, narrow, width, room]);
  const tops = React.useMemo(() => topsOf(lines.map(heightOf)), [lines]);
  const head = narrow ? ROW + LINE : ROW;
  const sight = useWindow(tops, head);
  const at = rows.findIndex(row => row.trial === store.selected);
  const all: [Column, string][] = [
    ['trial', trans.__('Trial')],
    ['word', trans.__('Verdict')],
    ['score', trans.__('Score')],
    ['title', trans.__('Change')],
    ['parent', trans.__('From')],
    ['rule', trans.__('Rule')],
    ['seconds', trans.__('Time')]
  ];
  const columns = all.filter(([column]) => !narrow || FEW.includes(column));
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
    <div ref={box} className={narrow ? 'jp-ft-Table jp-mod-narrow' : 'jp-ft-Table'}>
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
        {tags.length > 0 && (
          <select
            className="jp-ft-select"
            aria-label={trans.__('Show only trials with this tag')}
            value={filter.tag}
            onChange={event => setFilter({ ...filter, tag: event.target.value })}
          >
            <option value="">{trans.__('all tags')}</option>
            {tags.map(tag => (
              <option key={tag} value={tag}>
                #{clean(tag)}
              </option>
            ))}
          </select>
        )}
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
        <div
          className="jp-ft-Table-row jp-ft-Table-head"
          role="row"
          aria-rowindex={1}
          style={{ height: head }}
        >
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
                style={{ height: heightOf(lines[sight.first + index]) }}
                title={rowTitle(node, trans)}
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
                  {node.status === 'running' && !(model.campaign?.runner_alive ?? true)
                    ? trans.__('no runner')
                    : wordFor(node.word, trans)}
                  {node.trial === model.campaign?.best && (
                    <span className="jp-ft-Best" title={trans.__('best so far')}>
                      {' '}
                      {BEST}
                    </span>
                  )}
                </span>
                <span role="gridcell" className="jp-ft-col-score">
                  <Score node={node} scale={scale} />
                  {!narrow && (
                    <span className="jp-ft-muted"> {interval(node.low, node.high)}</span>
                  )}
                </span>
                <span role="gridcell" className="jp-ft-col-title">
                  {narrow ? (
                    <Lines name="" text={labelOf(node)} lines={lines[sight.first + index]} />
                  ) : (
                    [clean(node.failure), labelOf(node)].filter(Boolean).join(': ')
                  )}
                </span>
                {narrow && (
                  <span role="gridcell" className="jp-ft-col-interval">
                    {interval(node.low, node.high)}
                  </span>
                )}
                {!narrow && (
                  <>
                    <span role="gridcell" className="jp-ft-col-parent">
                      {node.parent ?? ''}
                    </span>
                    <span role="gridcell" className="jp-ft-col-rule">
                      {oneLine(node.rule, 40)}
                    </span>
                    <span role="gridcell" className="jp-ft-col-seconds">
                      {node.seconds > 0 ? duration(node.seconds) : ''}
                    </span>
                  </>
                )}
              </div>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

/** The height of a row with so many lines of label; 0 for one whose label is a column. */
function heightOf(lines: number): number {
  return lines === 0 ? ROW : FIRST + LINE * lines + BELOW;
}

function cellId(campaign: string, trial: string): string {
  return `ft-table-${campaign}-${trial}`;
}
