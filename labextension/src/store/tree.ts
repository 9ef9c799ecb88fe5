/**
 * The search tree as rows in drawing order. Pure functions; they know nothing of React.
 *
 * Iterative throughout: a chain of ten thousand trials must not overflow the stack.
 */

import { INode } from '../api/documents';

/** A row of the tree. */
export interface ITreeRow {
  node: INode;
  /** 1 for a root. */
  level: number;
  /** Place among its siblings, from 1. */
  position: number;
  /** How many siblings there are, itself included. */
  siblings: number;
  /** How many rows hang below it, shown or not. */
  below: number;
  /** Whether its children are shown; undefined for a leaf. */
  expanded: boolean | undefined;
  /** For each ancestor level, whether a line goes on downwards past this row. */
  rails: boolean[];
  onBestPath: boolean;
}

/** The children of each trial, in the order they were proposed; roots under null. */
export function childrenOf(nodes: ReadonlyMap<string, INode>): Map<string | null, INode[]> {
  const children = new Map<string | null, INode[]>();
  for (const node of nodes.values()) {
    const parent = hangsBelow(node, nodes);
    const list = children.get(parent);
    if (list) {
      list.push(node);
    } else {
      children.set(parent, [node]);
    }
  }
  for (const list of children.values()) {
    list.sort((a, b) => byTrial(a.trial, b.trial));
  }
  return children;
}

/** Orders trial ids as they were given: t9999 comes before t10000. */
export function byTrial(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The ids from the root to the best trial. */
export function bestPath(nodes: ReadonlyMap<string, INode>, best: string | null): Set<string> {
  const path = new Set<string>();
  let at = best;
  while (at !== null && !path.has(at)) {
    const node = nodes.get(at);
    if (!node) {
      break;
    }
    path.add(at);
    at = hangsBelow(node, nodes);
  }
  return path;
}

/** All tags of some trials, in order. */
export function tagsOf(nodes: Iterable<{ tags: readonly string[] }>): string[] {
  const found = new Set<string>();
  for (const node of nodes) {
    node.tags.forEach(tag => found.add(tag));
  }
  return [...found].sort((a, b) => a.localeCompare(b));
}

/** The trials with a tag, and those that lead to them; all where there is no tag. */
export function tagged(
  nodes: ReadonlyMap<string, INode>,
  tag: string
): ReadonlyMap<string, INode> {
  if (tag === '') {
    return nodes;
  }
  const kept = new Map<string, INode>();
  for (const node of nodes.values()) {
    let at: INode | undefined = node.tags.includes(tag) ? node : undefined;
    while (at && !kept.has(at.trial)) {
      kept.set(at.trial, at);
      const above = hangsBelow(at, nodes);
      at = above === null ? undefined : nodes.get(above);
    }
  }
  return kept;
}

/** The rows that are to be seen, in drawing order. */
export function treeRows(
  nodes: ReadonlyMap<string, INode>,
  best: string | null,
  collapsed: ReadonlySet<string>
): ITreeRow[] {
  const children = childrenOf(nodes);
  const sizes = subtreeSizes(children);
  const path = bestPath(nodes, best);
  const rows: ITreeRow[] = [];
  const roots = children.get(null) ?? [];
  const stack = stacked(roots, 1, []);
  while (stack.length > 0) {
    const { node, level, position, siblings, rails } = stack.pop()!;
    const own = children.get(node.trial) ?? [];
    const expanded = own.length === 0 ? undefined : !collapsed.has(node.trial);
    rows.push({
      node,
      level,
      position,
      siblings,
      below: sizes.get(node.trial) ?? 0,
      expanded,
      rails,
      onBestPath: path.has(node.trial)
    });
    if (expanded) {
      const next = level === 1 ? [] : [...rails.slice(-MAX_RAILS), position < siblings];
      stack.push(...stacked(own, level + 1, next));
    }
  }
  return rows;
}

/** How many levels are drawn by indenting; deeper rows keep this depth and name their level. */
export const MAX_RAILS = 12;

/** What a key does in a tree, by the ARIA pattern: the row to go to, or what to fold. */
export interface ITreeMove {
  to?: number;
  collapse?: string;
  expand?: string;
}

/** The move a key asks for; null for keys a tree does not know. */
export function treeMove(
  key: string,
  rows: readonly ITreeRow[],
  at: number,
  page: number
): ITreeMove | null {
  const row = rows[at];
  if (!row) {
    return key === 'Home' || key === 'ArrowDown' ? { to: 0 } : null;
  }
  const last = rows.length - 1;
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(last, at + 1) };
    case 'ArrowUp':
      return { to: Math.max(0, at - 1) };
    case 'PageDown':
      return { to: Math.min(last, at + page) };
    case 'PageUp':
      return { to: Math.max(0, at - page) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: last };
    case 'ArrowRight':
      if (row.expanded === false) {
        return { expand: row.node.trial };
      }
      return row.expanded ? { to: at + 1 } : {};
    case 'ArrowLeft':
      if (row.expanded) {
        return { collapse: row.node.trial };
      }
      return { to: parentIndex(rows, at) };
    default:
      return null;
  }
}

function parentIndex(rows: readonly ITreeRow[], at: number): number {
  for (let index = at - 1; index >= 0; index -= 1) {
    if (rows[index].level < rows[at].level) {
      return index;
    }
  }
  return at;
}

/** A replicate hangs below the trial it repeats; an unknown parent makes a root. */
function hangsBelow(node: INode, nodes: ReadonlyMap<string, INode>): string | null {
  const parent = node.role === 'replicate' ? (node.replicate_of ?? node.parent) : node.parent;
  return parent !== null && parent !== node.trial && nodes.has(parent) ? parent : null;
}

interface IStacked {
  node: INode;
  level: number;
  position: number;
  siblings: number;
  rails: boolean[];
}

function stacked(nodes: readonly INode[], level: number, rails: boolean[]): IStacked[] {
  const siblings = nodes.length;
  return nodes
    .map((node, index) => ({ node, level, position: index + 1, siblings, rails }))
    .reverse();
}

function subtreeSizes(
  children: ReadonlyMap<string | null, readonly INode[]>
): Map<string, number> {
  const order: INode[] = [...(children.get(null) ?? [])];
  for (let index = 0; index < order.length; index += 1) {
    for (const child of children.get(order[index].trial) ?? []) {
      order.push(child);
    }
  }
  const sizes = new Map<string, number>();
  for (const node of order.reverse()) {
    let size = 0;
    for (const child of children.get(node.trial) ?? []) {
      size += 1 + (sizes.get(child.trial) ?? 0);
    }
    sizes.set(node.trial, size);
  }
  return sizes;
}
