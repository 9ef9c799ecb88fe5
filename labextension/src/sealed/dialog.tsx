/**
 * The dialog that opens the sealed test split. Closing it leaves the scoring going on.
 */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { onButtonOfForm } from '../start/enter';
import { ICampaignStore } from '../store/store';
import { TestBody } from './body';
import { TestOpening } from './model';

const CLOSE = 0;
const OPEN = 2;
let shown: TestDialog | null = null;

/** Shows the dialog; ends when it is closed. */
export async function askOpenTest(
  store: ICampaignStore,
  campaign: string,
  trial: string | null,
  trans: TranslationBundle
): Promise<void> {
  if (shown) {
    return;
  }
  await store.model(campaign).refresh();
  const model = new TestOpening(store, campaign, trial, trans);
  const dialog = (shown ??= new TestDialog(model, trans));
  try {
    void model.takeUp().catch(() => undefined);
    await dialog.launch();
  } finally {
    model.leave();
    dialog.dispose();
    shown = null;
    await store.model(campaign).refresh();
  }
}

class TestDialog extends Dialog<void> {
  constructor(
    private readonly _model: TestOpening,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Open the sealed test'),
      body: ReactWidget.create(<TestBody model={_model} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Close') }),
        Dialog.createButton({ label: trans.__('End the scoring'), accept: false }),
        Dialog.warnButton({ label: trans.__('Open it') })
      ],
      defaultButton: CLOSE, // it cannot be undone
      focusNodeSelector: 'select'
    });
    this.addClass('jp-ft-StartDialog');
    this._model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  dispose(): void {
    this._model.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  /** Only Close closes it; what the test says is told in it. */
  resolve(index?: number): void {
    if (index === OPEN) {
      void this._model.begin();
    } else if ((index ?? CLOSE) === CLOSE) {
      super.resolve(CLOSE);
    } else {
      void this._model.cancel();
    }
  }

  /** Enter on a button of the form is that button's. */
  handleEvent(event: Event): void {
    if (!onButtonOfForm(event)) {
      super.handleEvent(event);
    }
  }

  private _onChanged(): void {
    const found = this.node.querySelectorAll<HTMLButtonElement>('.jp-Dialog-footer button');
    const buttons = [...found];
    const focused = buttons.find(button => button === document.activeElement);
    buttons.forEach((button, at) => {
      if (at === OPEN) {
        button.disabled = !this._model.ready;
      } else if (at !== CLOSE) {
        button.disabled = !this._model.busy;
      }
    });
    if (focused?.disabled) {
      buttons[CLOSE].focus(); // or the keys would no longer be the dialog's
    }
  }
}
