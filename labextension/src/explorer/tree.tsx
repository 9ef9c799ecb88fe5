/**
 * The search tree: one row a trial, walkable by keyboard, drawn only where it is in sight.
 *
 * A row has a line with id, score and word, and below it the whole width for what the trial changes:
 * at the width a side bar has by itself, both are to be read.
 */

import React from 'react';
import { TranslationBundle } from '@jupyterlab/translation';
import { IBelieved, INode } from '../api/documents';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { ITreeRow, MAX_RAILS, tagged, tagsOf, treeMove, treeRows } from '../store/tree';
import { useNow } from '../agent/working';
import { useOutlook } from '../search/use';
import { BEST } from '../words/marks';
import { clean } from '../words/text';
import {
  IRowText,
  fittingDetail,
  linesOf,
  measureIn,
  rowLabel,
  rowText,
  rowTitle,
  tagText
} from './rows';
import { IScale, Score, scaleOf } from './score';
import { IRoom, topsOf, useRoom, useWindow } from './window';

/** Heights in pixels at a zoom of 1: the line with id and score, a line of text, and the rest. */
const HEAD = 18;
const LINE = 15;
const PADDING = 6;
/** Size of a label beside that of the row; as in the style sheet. */
const SMALL = 0.92;
/**
 * What of a row the label cannot have, as in the style sheet: paddings and gaps in pixels, whatever
 * the zoom; twisty and mark in letter heights; a digit of the level that deep rows name.
 */
const GAPS = 26;
const SIGNS = 2.1;
const DIGIT = 0.55;
/** Pixels of a level at a zoom of 1. */
const RAIL = 12;
const NARROW_RAIL = 9;
/** Below this width, in pixels, the style sheet draws fewer and narrower rails. */
const NARROW = 320;
/** How many levels the style sheet indents in a narrow panel; deeper rows name their level. */
const NARROW_RAILS = 5;
const ZOOMS = [0.8, 0.9, 1, 1.15, 1.3, 1.5];

/** The tree of a campaign with its small toolbar. */
export function SearchTree(props: { model: ICampaignModel }): JSX.Element {
  const { model } = props;
  const { store, commands, trans } = useFace();
  const version = useVersion(model);
  useVersion(store);
  useVersion(store.picks);
  const picked = store.picks.of(model.id);
  const [collapsed, setCollapsed] = React.useState<ReadonlySet<string>>(new Set());
  const [zoom, setZoom] = React.useState(2);
  const best = model.campaign?.best ?? null;
  const [chosenTag, setTag] = React.useState('');
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const tags = React.useMemo(() => tagsOf(model.nodes.values()), [version, model]);
  const tag = tags.includes(chosenTag) ? chosenTag : '';
  const rows = React.useMemo(
    () => treeRows(tagged(model.nodes, tag), best, collapsed),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [version, model, best, collapsed, tag]
  );
  const scale = React.useMemo(
    () => scaleOf(model.nodes.values(), model.campaign?.metric?.higher_is_better ?? true),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [version, model]
  );
  const alive = model.campaign?.runner_alive ?? true;
  const outlook = useOutlook(model);
  const now = useNow(model, alive && rows.some(row => row.node.status === 'running'));
  const box = React.useRef<HTMLDivElement>(null);
  const room = useRoom(box);
  const shown = React.useMemo(
    () =>
      rows.map(row => {
        const { trial } = row.node;
        const belief = outlook.belief(trial);
        const text = rowText(row.node, now.doing(trial), alive, trans, belief);
        return { ...measured(row, text, room, ZOOMS[zoom]), belief };
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [rows, now, now.version, outlook, outlook.version, alive, room, zoom, trans]
  );
  const tops = React.useMemo(() => topsOf(shown.map(row => row.height)), [shown]);
  const sight = useWindow(tops);
  const at = Math.max(
    0,
    rows.findIndex(row => row.node.trial === store.selected)
  );
  const fold = (trial: string, shut: boolean): void => {
    setCollapsed(old => {
      const next = new Set(old);
      if (shut) {
        next.add(trial);
      } else {
        next.delete(trial);
      }
      return next;
    });
  };
  const open = (trial: string): void => {
    void commands.execute(CommandIDs.openTrial, { campaign: model.id, trial });
  };
  const go = (index: number): void => {
    const row = rows[index];
    if (row) {
      store.select(row.node.trial);
      sight.show(index);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const row = rows[at];
    if (event.key === 'Enter' && row) {
      open(row.node.trial);
    } else if (event.key === ' ' && row) {
      store.picks.toggle(model.id, row.node.trial);
    } else if (event.key === '+' || event.key === '-') {
      setZoom(old => clampZoom(old + (event.key === '+' ? 1 : -1)));
    } else if (event.key === '*') {
      setCollapsed(new Set());
    } else {
      const move = treeMove(event.key, rows, at, sight.page);
      if (!move) {
        return;
      }
      if (move.expand) {
        fold(move.expand, false);
      } else if (move.collapse) {
        fold(move.collapse, true);
      } else if (move.to !== undefined) {
        go(move.to);
      }
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const active = rows[at]?.node.trial;
  return (
    <div
      ref={box}
      className="jp-ft-Tree"
      data-ft-of={model.id}
      style={{ '--ft-zoom': ZOOMS[zoom] } as React.CSSProperties}
    >
      <div className="jp-ft-Tree-tools">
        <span className="jp-ft-muted">{trans._n('%1 trial', '%1 trials', model.nodes.size)}</span>
        {tags.length > 0 && (
          <select
            className="jp-ft-select"
            aria-label={trans.__('Show only trials with this tag, and what leads to them')}
            value={tag}
            onChange={event => setTag(event.target.value)}
          >
            <option value="">{trans.__('all tags')}</option>
            {tags.map(each => (
              <option key={each} value={each}>
                #{clean(each)}
              </option>
            ))}
          </select>
        )}
        <span className="jp-ft-spring" />
        <Picked model={model} picked={picked} />
        <button
          className="jp-ft-tool"
          title={trans.__('Show all')}
          aria-label={trans.__('Expand all branches')}
          onClick={() => setCollapsed(new Set())}
        >
          ⊞
        </button>
        <button
          className="jp-ft-tool"
          title={trans.__('Fold all but the best path')}
          aria-label={trans.__('Fold all branches but the best path')}
          onClick={() => setCollapsed(offBestPath(model.nodes, best))}
        >
          ⊟
        </button>
        <button
          className="jp-ft-tool"
          aria-label={trans.__('Smaller rows')}
          title={trans.__('Smaller rows')}
          disabled={zoom === 0}
          onClick={() => setZoom(clampZoom(zoom - 1))}
        >
          −
        </button>
        <button
          className="jp-ft-tool"
          aria-label={trans.__('Larger rows')}
          title={trans.__('Larger rows')}
          disabled={zoom === ZOOMS.length - 1}
          onClick={() => setZoom(clampZoom(zoom + 1))}
        >
          +
        </button>
      </div>
      <div
        ref={sight.ref}
        className="jp-ft-Tree-rows"
        role="tree"
        tabIndex={0}
        aria-label={trans.__('Search tree of trials')}
        aria-activedescendant={active ? rowId(model.id, active) : undefined}
        onScroll={sight.onScroll}
        onKeyDown={onKeyDown}
        onFocus={event => {
          // Only the keyboard's focus: under a mouse the row that is pressed must stay where it is.
          const byKeyboard = event.currentTarget.matches(':focus-visible');
          const quiet = event.currentTarget.dataset.ftQuiet !== undefined;
          if (byKeyboard && !quiet && !store.selected && rows.length > 0) {
            go(0);
          }
        }}
      >
        <div role="none" style={{ height: sight.height, position: 'relative' }}>
          <div role="none" style={{ transform: `translateY(${sight.top}px)` }}>
            {rows.slice(sight.first, sight.last).map((row, index) => (
              <TreeRow
                key={row.node.trial}
                id={rowId(model.id, row.node.trial)}
                row={row}
                shown={shown[sight.first + index]}
                best={row.node.trial === best}
                selected={sight.first + index === at && store.selected !== null}
                scale={scale}
                trans={trans}
                picked={picked.length > 0 ? picked.includes(row.node.trial) : undefined}
                // Does not scroll: a row half in sight must stay under the mouse for a second click.
                onSelect={() => store.select(row.node.trial)}
                onPick={() => store.picks.toggle(model.id, row.node.trial)}
                onOpen={() => open(row.node.trial)}
                onFold={() => fold(row.node.trial, row.expanded === true)}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

/** What can be done with the trials that are picked; how to pick, while none is. */
function Picked(props: { model: ICampaignModel; picked: readonly string[] }): JSX.Element | null {
  const { store, commands, trans } = useFace();
  const { model, picked } = props;
  if (picked.length === 0) {
    return null;
  }
  const run = (id: string): void => {
    void commands.execute(id, { campaign: model.id, trials: [...picked] });
  };
  return (
    <span className="jp-ft-Tree-picked" role="group" aria-label={trans.__('Picked trials')}>
      <span role="status">{trans.__('%1 picked', picked.length)}</span>
      <button className="jp-ft-link" onClick={() => run(CommandIDs.curves)}>
        {trans.__('Curves')}
      </button>
      {picked.length > 1 && (
        <button className="jp-ft-link" onClick={() => run(CommandIDs.compare)}>
          {trans.__('Compare')}
        </button>
      )}
      <button
        className="jp-ft-tool"
        aria-label={trans.__('Let go of the picked trials')}
        title={trans.__('Let go of the picked trials')}
        onClick={() => store.picks.clear()}
      >
        ×
      </button>
    </span>
  );
}

/** A row's texts and what they take. */
interface IShown {
  text: IRowText;
  /** Of its detail, what there is room for. */
  detail: string;
  belief: IBelieved | null;
  labelLines: number;
  detailLines: number;
  height: number;
}

function measured(
  row: ITreeRow,
  text: IRowText,
  room: IRoom,
  zoom: number
): Omit<IShown, 'belief'> {
  const width = room.width - besideOf(row, room, zoom);
  const font = room.family && `${room.size * SMALL * zoom}px ${room.family}`;
  const measure = measureIn(font);
  const slanted = font && row.node.word === 'proposal' ? measureIn(`italic ${font}`) : measure;
  const labelLines = linesOf(text.label, width, slanted);
  const detail = fittingDetail(text, width, measure);
  const detailLines = linesOf(detail, width, measure);
  const height = Math.round(zoom * (HEAD + LINE * (labelLines + detailLines) + PADDING));
  return { text, detail, labelLines, detailLines, height };
}

/** The pixels of a row that stand beside its label. */
function besideOf(row: ITreeRow, room: IRoom, zoom: number): number {
  const narrow = room.width <= NARROW;
  const most = narrow ? NARROW_RAILS : MAX_RAILS;
  const levels = row.level - 1;
  const rails = Math.min(levels, most + 1) * (narrow ? NARROW_RAIL : RAIL);
  const named = levels > most + 1 ? DIGIT * String(levels).length : 0;
  return GAPS + (room.size * (SIGNS + named) + rails) * zoom;
}

interface IRowProps {
  id: string;
  row: ITreeRow;
  shown: IShown;
  best: boolean;
  selected: boolean;
  scale: IScale | null;
  trans: TranslationBundle;
  /** Undefined while none is picked. */
  picked: boolean | undefined;
  onSelect: () => void;
  onPick: () => void;
  onOpen: () => void;
  onFold: () => void;
}

function TreeRow(props: IRowProps): JSX.Element {
  const { row, shown, trans } = props;
  const { node } = row;
  const { text } = shown;
  const classes = ['jp-ft-TreeRow', `jp-ft-is-${node.word}`];
  if (row.onBestPath) {
    classes.push('jp-mod-bestPath');
  }
  if (props.selected) {
    classes.push('jp-mod-selected');
  }
  return (
    <div
      id={props.id}
      role="treeitem"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={row.expanded}
      aria-selected={props.selected}
      aria-checked={props.picked}
      aria-label={rowLabel(row, text, props.best, trans)}
      className={classes.join(' ')}
      style={{ height: shown.height }}
      title={rowTitle(node, trans, shown.belief)}
      data-trial={node.trial}
      onClick={event => {
        props.onSelect();
        if (event.ctrlKey || event.metaKey) {
          props.onPick();
        }
      }}
      onDoubleClick={props.onOpen}
    >
      <Rails row={row} />
      <span
        className="jp-ft-TreeRow-twisty"
        aria-hidden="true"
        onClick={event => {
          if (row.expanded !== undefined) {
            event.stopPropagation();
            props.onFold();
          }
        }}
      >
        {row.expanded === undefined ? '' : row.expanded ? '▾' : '▸'}
      </span>
      <span className="jp-ft-Mark" aria-hidden="true">
        {node.mark}
      </span>
      <span className="jp-ft-TreeRow-body">
        <span className="jp-ft-TreeRow-head">
          {props.picked && (
            <span className="jp-ft-Picked" aria-hidden="true">
              ✓
            </span>
          )}
          <span className="jp-ft-TreeRow-id">{node.trial}</span>
          {props.best && (
            <span className="jp-ft-Best" aria-hidden="true">
              {BEST}
            </span>
          )}
          {row.expanded === false && <span className="jp-ft-Count">+{row.below}</span>}
          <span className="jp-ft-spring" />
          <NodeRemarks node={node} trans={trans} />
          <Score node={node} scale={props.scale} />
          <span className="jp-ft-TreeRow-word">{text.word}</span>
        </span>
        <Lines name="jp-ft-TreeRow-title" text={text.label} lines={shown.labelLines} />
        <Lines name="jp-ft-TreeRow-detail" text={shown.detail} lines={shown.detailLines} />
      </span>
    </div>
  );
}

/** A text in at most so many lines. */
export function Lines(props: { name: string; text: string; lines: number }): JSX.Element | null {
  const { name, text, lines } = props;
  return lines === 0 ? null : (
    <span className={`jp-ft-Lines ${name}`} style={{ WebkitLineClamp: lines }}>
      {text}
    </span>
  );
}

/** The lines that join a row with its parent. */
function Rails(props: { row: ITreeRow }): JSX.Element {
  const { row } = props;
  if (row.level === 1) {
    return <span className="jp-ft-Rails" aria-hidden="true" />;
  }
  const elbow = row.position === row.siblings ? 'jp-mod-last' : 'jp-mod-tee';
  const depth = row.level - 2;
  return (
    <span className="jp-ft-Rails" aria-hidden="true">
      {depth > NARROW_RAILS && (
        <span className={`jp-ft-Rail-depth${depth > MAX_RAILS ? '' : ' jp-mod-narrow'}`}>
          {depth + 1}
        </span>
      )}
      {row.rails.slice(-MAX_RAILS).map((on, index) => (
        <span key={index} className={on ? 'jp-ft-Rail jp-mod-on' : 'jp-ft-Rail'} />
      ))}
      <span className={`jp-ft-Rail ${elbow}`} />
    </span>
  );
}

/** Cached stages, isolation, pin: small signs with words for those who cannot see them. */
export function NodeRemarks(props: { node: INode; trans: TranslationBundle }): JSX.Element {
  const { node, trans } = props;
  const isolated = node.isolation !== '' && node.isolation !== 'none';
  return (
    <span className="jp-ft-Remarks" aria-hidden="true">
      {node.tags.length > 0 && (
        <span className="jp-ft-tagged" title={tagText(node)}>
          #
        </span>
      )}
      {node.pinned && (
        <span className="jp-ft-pinned" title={trans.__('pinned')}>
          ⚑
        </span>
      )}
      {node.cached.length > 0 && (
        <span title={trans.__('from the cache: %1', node.cached.join(', '))}>⟲</span>
      )}
      {node.isolation !== '' && node.role !== 'base' && (
        <span
          className={isolated ? 'jp-ft-isolated' : 'jp-ft-open'}
          title={
            isolated
              ? trans.__('isolated by %1', node.isolation)
              : trans.__('ran without isolation')
          }
        >
          {isolated ? '▣' : '▢'}
        </span>
      )}
    </span>
  );
}

function offBestPath(nodes: ReadonlyMap<string, INode>, best: string | null): Set<string> {
  const all = treeRows(nodes, best, new Set());
  return new Set(
    all
      .filter(row => row.expanded !== undefined && !row.onBestPath && row.level > 1)
      .map(row => row.node.trial)
  );
}

function rowId(campaign: string, trial: string): string {
  return `ft-tree-${campaign}-${trial}`;
}

function clampZoom(zoom: number): number {
  return Math.min(ZOOMS.length - 1, Math.max(0, zoom));
}
