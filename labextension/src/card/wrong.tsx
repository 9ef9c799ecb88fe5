/**
 * At most ten wrong answers, as a table of text.
 */

import React from 'react';
import { IWrongAnswer } from '../api/documents';
import { useFace } from '../face';
import { clean } from '../words/text';

/** The wrong answers of a trial, folded away at first. */
export function WrongAnswers(props: {
  wrong: readonly IWrongAnswer[];
  open?: boolean;
}): JSX.Element | null {
  const { trans } = useFace();
  const { wrong } = props;
  if (wrong.length === 0) {
    return null;
  }
  return (
    <details className="jp-ft-Wrong" open={props.open}>
      <summary>{trans._n('%1 wrong answer', '%1 wrong answers', wrong.length)}</summary>
      <div
        className="jp-ft-Scroll"
        tabIndex={0}
        role="group"
        aria-label={trans.__('Wrong answers')}
      >
        <table className="jp-ft-DataTable">
          <thead>
            <tr>
              <th scope="col">{trans.__('View')}</th>
              <th scope="col">{trans.__('Asked')}</th>
              <th scope="col">{trans.__('Right')}</th>
              <th scope="col">{trans.__('Answered')}</th>
            </tr>
          </thead>
          <tbody>
            {wrong.map(item => (
              <tr key={item.id}>
                <td>{clean(item.view)}</td>
                <td className="jp-ft-long">{clean(item.prompt)}</td>
                <td className="jp-ft-long">{clean(item.gold)}</td>
                <td className="jp-ft-long">{clean(item.output)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
