/**
 * Shapes and words for where a trial stands. Colour is added by style sheets, never instead.
 */

import { TranslationBundle } from '@jupyterlab/translation';

/** The mark of the best trial. */
export const BEST = '★';

const MARKS: { [word: string]: string } = {
  base: '◆',
  scored: '●',
  better: '●',
  worse: '●',
  tied: '○',
  proposal: '◌',
  queued: '▷',
  running: '▷',
  resting: '◐',
  failed: '✕',
  stopped: '■',
  invalid: '⚠',
  vetoed: '⊘',
  'set aside': '⊘'
};

/** The shape of a word. */
export function mark(word: string): string {
  return MARKS[word] ?? MARKS.scored;
}

/** All words a node can have, in the order filters list them. */
export const WORDS = Object.keys(MARKS);

/** A word of the interface in the reader's language; an unknown one as it came. */
export function wordFor(word: string, trans: TranslationBundle): string {
  const known: { [word: string]: string } = {
    base: trans.__('base'),
    scored: trans.__('scored'),
    better: trans.__('better'),
    worse: trans.__('worse'),
    tied: trans.__('tied'),
    proposal: trans.__('proposal'),
    queued: trans.__('queued'),
    running: trans.__('running'),
    resting: trans.__('resting'),
    failed: trans.__('failed'),
    stopped: trans.__('stopped'),
    invalid: trans.__('invalid'),
    vetoed: trans.__('vetoed'),
    'set aside': trans.__('set aside')
  };
  return known[word] ?? word;
}
