/**
 * The dialog that changes a campaign's budget.
 */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { BudgetName, IBudget, Limits } from '../api/documents';
import { LIMITS } from '../start/form';

/** The limits that a person changed; null where they cancelled or changed none. */
export async function askBudget(
  name: string,
  budget: IBudget,
  trans: TranslationBundle
): Promise<Limits | null> {
  const body = new BudgetBody(budget, trans);
  const { button } = await showDialog({
    title: trans.__('Budget of %1', name),
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Change') })],
    focusNodeSelector: 'input'
  });
  const changed = body.changed;
  return button.accept && Object.keys(changed).length > 0 ? changed : null;
}

/** The form; what is no number is sent as it is not, and the server says what is wrong. */
export class BudgetBody extends ReactWidget {
  constructor(
    private readonly _budget: IBudget,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this._texts = Object.fromEntries(
      LIMITS.map(name => [name, String(_budget[name] ?? '')])
    ) as Record<BudgetName, string>;
  }

  /** The limits that differ from the budget's; an empty cap on device-hours is none. */
  get changed(): Limits {
    const found: Limits = {};
    for (const name of LIMITS) {
      const text = this._texts[name].trim();
      if (text !== String(this._budget[name] ?? '')) {
        found[name] = text === '' && name === 'device_hours' ? null : Number(text);
      }
    }
    return found;
  }

  protected render(): JSX.Element {
    const trans = this._trans;
    const labels: Record<BudgetName, string> = {
      trials: trans.__('Trials'),
      rows: trans.__('Rows a trial'),
      seconds: trans.__('Seconds in all'),
      usd: trans.__('US dollars for calls'),
      device_hours: trans.__('Device-hours, empty for no cap')
    };
    return (
      <div className="jp-ft-Question">
        {LIMITS.map(name => (
          <p key={name}>
            <label htmlFor={`jp-ft-budget-${name}`}>{labels[name]}</label>
            <input
              id={`jp-ft-budget-${name}`}
              className="jp-ft-input"
              type="text"
              inputMode="decimal"
              defaultValue={this._texts[name]}
              onChange={event => {
                this._texts[name] = event.target.value;
              }}
            />
          </p>
        ))}
      </div>
    );
  }

  private readonly _texts: Record<BudgetName, string>;
}
