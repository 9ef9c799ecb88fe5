/**
 * What the Help entry says.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

/** What to type in a notebook, and the keys. */
export function HelpBody(props: { trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  const lines: [string, string][] = [
    ['%ftagent task mini_math', trans.__('makes a campaign: task, base model, budget')],
    ['%ftagent propose', trans.__('asks for a trial; a card appears')],
    ['%ftagent run --review never', trans.__('lets it run by itself, within the budget')],
    ['%ftagent final', trans.__('opens the sealed test split, once')]
  ];
  const keys: [string, string][] = [
    ['Alt Shift T', trans.__('show the trial explorer')],
    ['Alt Shift A', trans.__('accept the proposal in focus')],
    ['Alt Shift E', trans.__('edit it')],
    ['Alt Shift V', trans.__('veto it, with a reason')],
    ['Alt Shift L', trans.__('ask for alternatives')],
    ['Alt Shift I', trans.__('insert its cells into the notebook')],
    ['↑ ↓ ← →', trans.__('walk the tree; Enter opens a page, + and − zoom, * unfolds all')]
  ];
  // In the tab order, so that the dialog can be scrolled by keyboard where it is too small.
  return (
    <div className="jp-ft-Help" role="group" aria-label={trans.__('Help')} tabIndex={0}>
      <p>
        {trans.__(
          'An agent proposes a trial: three cells and a hypothesis. You accept, edit or veto it; your reason steers the next proposal. Whether a trial was better is computed, never guessed.'
        )}
      </p>
      <Rows rows={lines} label={trans.__('In a notebook')} />
      <Rows rows={keys} label={trans.__('Keys')} />
    </div>
  );
}

function Rows(props: { rows: [string, string][]; label: string }): JSX.Element {
  return (
    <table className="jp-ft-DataTable">
      <caption>{props.label}</caption>
      <tbody>
        {props.rows.map(([what, does]) => (
          <tr key={what}>
            <th scope="row">
              <code>{what}</code>
            </th>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
