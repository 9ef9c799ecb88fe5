/**
 * What the sealed test split said of a trial, in a line.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { IOpenedTest } from '../api/documents';
import { scored } from '../words/numbers';
import { clean } from '../words/text';

/** The score on the test split with its interval, and what it says. */
export function TestResult(props: {
  trial: string;
  test: IOpenedTest;
  /** How often the split was opened: later looks are not unbiased. */
  openings?: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { trial, test, openings = 1, trans } = props;
  const found = test.scores[trial];
  return (
    <p className="jp-ft-Sealed-result">
      <strong>{trans.__('sealed test %1', scored(found?.score, found?.low, found?.high))}</strong>
      <span className="jp-ft-Sealed-words">
        {' · '}
        {clean(test.sentence)}
      </span>
      {openings > 1 && ` · ${trans.__('opened %1 times: later looks are not unbiased', openings)}`}
    </p>
  );
}
