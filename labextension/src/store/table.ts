/**
 * The trials as a table: columns, sorting, filtering. Pure functions.
 */

import { INode } from '../api/documents';
import { isNumber } from '../words/numbers';
import { byTrial } from './tree';

/** The columns that can be sorted by. */
export type Column = 'trial' | 'title' | 'word' | 'score' | 'parent' | 'rule' | 'seconds';

/** An order: a column and a direction. */
export interface IOrder {
  column: Column;
  descending: boolean;
}

/** What rows are to be shown. */
export interface IFilter {
  /** Words of the text that all must occur in a row, in any order. */
  text: string;
  /** The word of a row; "" for all. */
  word: string;
  /** A tag of a row; "" for all. */
  tag?: string;
}

/** The rows that pass the filter, in order; ties stay in the order of their ids. */
export function tableRows(nodes: Iterable<INode>, filter: IFilter, order: IOrder): INode[] {
  const wanted = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: INode[] = [];
  for (const node of nodes) {
    if (filter.word && node.word !== filter.word) {
      continue;
    }
    if (filter.tag && !node.tags.includes(filter.tag)) {
      continue;
    }
    if (wanted.length > 0) {
      const text = haystack(node);
      if (!wanted.every(word => text.includes(word))) {
        continue;
      }
    }
    rows.push(node);
  }
  const sign = order.descending ? -1 : 1;
  return rows.sort((a, b) => compare(a, b, order.column, sign) || byTrial(a.trial, b.trial));
}

/** The order after a click on a column's head: first the useful direction, then the other. */
export function nextOrder(order: IOrder, column: Column): IOrder {
  if (order.column === column) {
    return { column, descending: !order.descending };
  }
  return { column, descending: column === 'score' || column === 'seconds' };
}

function haystack(node: INode): string {
  const parts = [node.trial, node.parent, node.title, node.word, node.rule, node.failure];
  return parts
    .concat(
      node.changes,
      node.tags.map(tag => `#${tag}`),
      node.actor ?? ''
    )
    .join(' ')
    .toLowerCase();
}

/** Rows without a value come last, whichever the direction. */
function compare(a: INode, b: INode, column: Column, sign: number): number {
  const left = a[column];
  const right = b[column];
  if (isNumber(left) && isNumber(right)) {
    return sign * (left - right);
  }
  if (left === null || right === null || typeof left !== typeof right) {
    return (isMissing(left) ? 1 : 0) - (isMissing(right) ? 1 : 0);
  }
  if (column === 'trial' || column === 'parent') {
    return sign * byTrial(String(left), String(right));
  }
  return sign * String(left).localeCompare(String(right));
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}
