/**
 * What a row of the tree or of the table says, and how many lines that takes. Pure functions.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IBelieved, INode, IProgress } from '../api/documents';
import { beliefText, shortBelief } from '../search/words';
import { wordFor } from '../words/marks';
import { duration, percent, scored } from '../words/numbers';
import { doingText } from '../words/progress';
import { oneLine } from '../words/text';
import { ITreeRow } from '../store/tree';

/** Pixels a character takes at most, on average, where a text cannot be measured. */
const CHARACTER = 7;
/** Characters of a label at most: whole for all that people write; style sheets cut what is shown. */
const LONGEST = 300;
/** A page sets text as wide as it is measured, but for this part of a pixel. */
const ROUNDING = 0.25;
/** Where a page may begin a new line: behind a space, and behind a hyphen between letters. */
const BREAKS = /(?<= )|(?<=\p{L}-)(?=\p{L})/u;
/** Lines of a label at most: what is longer is cut and stands in the row's title. */
const MOST_LINES = 8;

/** What a node says beside its id, score and word. */
export interface IRowText {
  /** What it changes. */
  label: string;
  /** What it does now, why it failed, or what is believed of its score. */
  detail: string;
  /** The detail for a row in which it would take more than a line, where there is a brief one. */
  brief?: string;
  /** Its word; "no runner" where it should run and nothing works on it. */
  word: string;
}

/** What a node changes, on one line and whole. */
export function labelOf(node: INode): string {
  return oneLine(node.title, LONGEST);
}

/** The texts of a node. */
export function rowText(
  node: INode,
  doing: IProgress | null,
  alive: boolean,
  trans: TranslationBundle,
  belief: IBelieved | null = null
): IRowText {
  const gone = node.status === 'running' && !alive;
  const word = wordFor(node.word, trans);
  const label = labelOf(node);
  return {
    label: label === word ? '' : label,
    detail: gone ? '' : belief ? beliefText(belief, trans) : detailOf(node, doing, trans),
    brief: !gone && belief ? shortBelief(belief, trans) : undefined,
    word: gone ? trans.__('no runner') : word
  };
}

function detailOf(node: INode, doing: IProgress | null, trans: TranslationBundle): string {
  if (node.status === 'running') {
    const what = doing
      ? doingText(node.trial, doing, trans)
      : (node.stage ?? trans.__('starting'));
    return node.rung ? trans.__('%1, to %2', what, percent(node.rung.rung)) : what;
  }
  if (node.rung) {
    return trans.__('at %1', percent(node.rung.rung));
  }
  return oneLine(node.failure ?? '', 80);
}

/** Lines that a text takes in a width; 0 for none. A width of 0 is not known yet. */
export function linesOf(
  text: string,
  width: number,
  measure: (text: string) => number = guess
): number {
  if (text === '') {
    return 0;
  }
  if (width <= 0 || measure(text) <= width) {
    return 1;
  }
  let lines = 1;
  let line = '';
  for (const word of text.split(BREAKS)) {
    if (measure(line + word.trimEnd()) <= width) {
      line += word;
      continue;
    }
    lines += line ? 1 : 0;
    line = word;
    while (measure(line.trimEnd()) > width) {
      // A word that is wider than a line is broken anywhere; what follows goes on behind its end.
      line = line.slice(fitting(line, width, measure));
      lines += 1;
    }
  }
  return Math.min(MOST_LINES, lines);
}

/** The detail of a row as it is shown in a width: the brief one where the whole takes two lines. */
export function fittingDetail(
  text: IRowText,
  width: number,
  measure: (text: string) => number = guess
): string {
  return text.brief && linesOf(text.detail, width, measure) > 1 ? text.brief : text.detail;
}

/** How many characters of a word are as wide as a line at most; one at least. */
function fitting(word: string, width: number, measure: (text: string) => number): number {
  let count = 1;
  let above = word.length + 1;
  while (count + 1 < above) {
    const middle = Math.floor((count + above) / 2);
    if (measure(word.slice(0, middle)) <= width) {
      count = middle;
    } else {
      above = middle;
    }
  }
  return count;
}

function guess(text: string): number {
  return text.length * CHARACTER;
}

const measured = new Map<string, number>();
let canvas: OffscreenCanvasRenderingContext2D | null | undefined;

/** Measures texts in a font, such as "12px sans-serif"; guesses where nothing can be drawn. */
export function measureIn(font: string): (text: string) => number {
  if (canvas === undefined) {
    const can = typeof OffscreenCanvas !== 'undefined';
    canvas = can ? new OffscreenCanvas(1, 1).getContext('2d') : null;
  }
  const context = canvas;
  if (!context || font === '') {
    return guess;
  }
  return text => {
    const key = `${font} ${text}`;
    let width = measured.get(key);
    if (width === undefined) {
      context.font = font;
      width = context.measureText(text).width + ROUNDING;
      measured.set(key, width);
    }
    return width;
  };
}

/** The tags of a node: "#keep #short". */
export function tagText(node: INode): string {
  return oneLine(node.tags.map(tag => `#${tag}`).join(' '), 200);
}

/** All a row tells on hover. */
export function rowTitle(
  node: INode,
  trans: TranslationBundle,
  belief: IBelieved | null = null
): string {
  const lines = [labelOf(node)];
  if (node.score !== null) {
    lines.push(trans.__('score %1', scored(node.score, node.low, node.high)));
  }
  if (belief) {
    lines.push(beliefText(belief, trans));
  }
  if (node.why) {
    lines.push(trans.__('from %1: %2', node.parent ?? '-', oneLine(node.why, 300)));
  }
  if (node.rung) {
    lines.push(oneLine(node.rung.says, 300));
  }
  if (node.failure) {
    lines.push(oneLine(node.failure, 300));
  }
  if (node.seconds > 0) {
    lines.push(trans.__('took %1', duration(node.seconds)));
  }
  lines.push(tagText(node));
  return lines.filter(Boolean).join('\n');
}

/** What a screen reader says for a row: id, word, score, then the rest. */
export function rowLabel(
  row: ITreeRow,
  text: IRowText,
  best: boolean,
  trans: TranslationBundle
): string {
  const { node } = row;
  const parts = [node.trial, text.word];
  if (node.rung?.rests) {
    parts.push(trans.__('at %1 of its training', percent(node.rung.rung)));
  }
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
  } else if (node.status === 'scored') {
    parts.push(text.detail);
  }
  parts.push(labelOf(node), tagText(node));
  return parts.filter(Boolean).join(', ');
}
