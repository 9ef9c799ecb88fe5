/**
 * The search tree: one row a trial, walkable by keyboard, drawn only where it is in sight.
 */

import React from 'react';
import { TranslationBundle } from '@jupyterlab/translation';
import { INode } from '../api/documents';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { ITreeRow, MAX_RAILS, treeMove, treeRows } from '../store/tree';
import { BEST, wordFor } from '../words/marks';
import { duration, scored } from '../words/numbers';
import { oneLine } from '../words/text';
import { IScale, Score, scaleOf } from './score';
import { useWindow } from './window';

const ROW = 24;
/** How many levels the style sheet indents in a narrow panel; deeper rows name their level. */
const NARROW_RAILS = 5;
const ZOOMS = [0.8, 0.9, 1, 1.15, 1.3, 1.5];

/** The tree of a campaign with its small toolbar. */
export function SearchTree(props: { model: ICampaignModel }): JSX.Element {
  const { model } = props;
  const { store, commands, trans } = useFace();
  const version = useVersion(model);
  useVersion(store);
  const [collapsed, setCollapsed] = React.useState<ReadonlySet<string>>(new Set());
  const [zoom, setZoom] = React.useState(2);
  const best = model.campaign?.best ?? null;
  const rows = React.useMemo(
    () => treeRows(model.nodes, best, collapsed),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [version, model, best, collapsed]
  );
  const scale = React.useMemo(
    () => scaleOf(model.nodes.values(), model.campaign?.metric?.higher_is_better ?? true),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [version, model]
  );
  const rowHeight = Math.round(ROW * ZOOMS[zoom]);
  const sight = useWindow(rows.length, rowHeight);
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
    <div className="jp-ft-Tree" style={{ '--ft-zoom': ZOOMS[zoom] } as React.CSSProperties}>
      <div className="jp-ft-Tree-tools">
        <span className="jp-ft-muted">{trans._n('%1 trial', '%1 trials', model.nodes.size)}</span>
        <span className="jp-ft-spring" />
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
          if (byKeyboard && !store.selected && rows.length > 0) {
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
                height={rowHeight}
                best={row.node.trial === best}
                selected={sight.first + index === at && store.selected !== null}
                scale={scale}
                trans={trans}
                onSelect={() => go(sight.first + index)}
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

interface IRowProps {
  id: string;
  row: ITreeRow;
  height: number;
  best: boolean;
  selected: boolean;
  scale: IScale | null;
  trans: TranslationBundle;
  onSelect: () => void;
  onOpen: () => void;
  onFold: () => void;
}

function TreeRow(props: IRowProps): JSX.Element {
  const { row, trans } = props;
  const { node } = row;
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
      aria-label={rowLabel(row, props.best, trans)}
      className={classes.join(' ')}
      style={{ height: props.height }}
      title={rowTitle(node, trans)}
      data-trial={node.trial}
      onClick={props.onSelect}
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
      <span className="jp-ft-TreeRow-id">{node.trial}</span>
      {props.best && (
        <span className="jp-ft-Best" aria-hidden="true">
          {BEST}
        </span>
      )}
      <span className="jp-ft-TreeRow-title">{rowText(node, trans)}</span>
      {row.expanded === false && <span className="jp-ft-Count">+{row.below}</span>}
      <NodeRemarks node={node} trans={trans} />
      <Score node={node} scale={props.scale} />
      <span className="jp-ft-TreeRow-word">{wordFor(node.word, trans)}</span>
    </div>
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

function rowText(node: INode, trans: TranslationBundle): string {
  if (node.status === 'running') {
    return trans.__('%1 · %2', node.stage ?? trans.__('starting'), oneLine(node.title, 80));
  }
  if (node.failure) {
    return oneLine(node.failure, 80);
  }
  return oneLine(node.title, 80);
}

function rowTitle(node: INode, trans: TranslationBundle): string {
  const lines = [oneLine(node.title, 300)];
  if (node.score !== null) {
    lines.push(trans.__('score %1', scored(node.score, node.low, node.high)));
  }
  if (node.failure) {
    lines.push(oneLine(node.failure, 300));
  }
  if (node.seconds > 0) {
    lines.push(trans.__('took %1', duration(node.seconds)));
  }
  return lines.filter(Boolean).join('\n');
}

/** What a screen reader says for a row: id, word, score, then the rest. */
export function rowLabel(row: ITreeRow, best: boolean, trans: TranslationBundle): string {
  const { node } = row;
  const parts = [node.trial, wordFor(node.word, trans)];
  if (node.score !== null) {
    parts.push(trans.__('score %1', scored(node.score, node.low, node.high)));
  }
  if (best) {
    parts.push(trans.__('best so far'));
  }
  if (row.onBestPath && !best) {
    parts.push(trans.__('on the best path'));
  }
  if (node.status === 'proposed') {
    parts.push(trans.__('waiting for you'));
  }
  if (node.stage && node.status === 'running') {
    parts.push(trans.__('stage %1', node.stage));
  }
  if (node.cached.length > 0) {
    parts.push(trans.__('from the cache: %1', node.cached.join(', ')));
  }
  if (node.isolation === 'none' && node.role !== 'base') {
    parts.push(trans.__('ran without isolation'));
  }
  if (node.failure) {
    parts.push(oneLine(node.failure, 120));
  }
  parts.push(oneLine(node.title, 120));
  return parts.filter(Boolean).join(', ');
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
