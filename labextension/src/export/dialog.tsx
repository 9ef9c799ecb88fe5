/**
 * The dialog that exports a trial's model. Closing it leaves an export going on.
 */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { onButtonOfForm } from '../start/enter';
import { ICampaignStore } from '../store/store';
import { ExportBody } from './body';
import { NewExport } from './model';

const CLOSE = 0;
const EXPORT = 2;
let open: ExportDialog | null = null;

/**
 * Shows the dialog; ends when it is closed.
 *
 * @returns The folder of the export whose model card is to be opened; null for none.
 */
export async function askExport(
  store: ICampaignStore,
  campaign: string,
  trial: string,
  trans: TranslationBundle
): Promise<string | null> {
  if (open) {
    return null;
  }
  const row = store.campaigns.find(known => known.id === campaign);
  const model = new NewExport(store, campaign, trial, row?.path || '.', trans);
  const dialog = (open ??= new ExportDialog(model, trans));
  try {
    void model.takeUp().catch(() => undefined);
    await dialog.launch();
    return dialog.card;
  } finally {
    model.leave();
    dialog.dispose();
    open = null;
    await store.model(campaign).refresh();
  }
}

class ExportDialog extends Dialog<void> {
  constructor(
    private readonly _model: NewExport,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Export %1', _model.trial),
      body: ReactWidget.create(<ExportBody model={_model} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Close') }),
        Dialog.createButton({ label: trans.__('Cancel export'), accept: false }),
        Dialog.okButton({ label: trans.__('Export') })
      ],
      defaultButton: EXPORT,
      focusNodeSelector: 'select'
    });
    this.addClass('jp-ft-StartDialog');
    this._model.changed.connect(this._onChanged, this);
    this._model.cardAsked.connect(this._onCardAsked, this);
    this._onChanged();
  }

  /** The folder of the export whose card is to be opened; null for none. */
  card: string | null = null;

  dispose(): void {
    this._model.changed.disconnect(this._onChanged, this);
    this._model.cardAsked.disconnect(this._onCardAsked, this);
    super.dispose();
  }

  /** Only Close closes it; what comes of an export is told in it. */
  resolve(index?: number): void {
    if ((index ?? EXPORT) === EXPORT) {
      void this._model.begin();
    } else if (index === CLOSE) {
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

  private _onCardAsked(_: NewExport, folder: string): void {
    this.card = folder;
    super.resolve(CLOSE);
  }

  private _onChanged(): void {
    const found = this.node.querySelectorAll<HTMLButtonElement>('.jp-Dialog-footer button');
    const buttons = [...found];
    const focused = buttons.find(button => button === document.activeElement);
    buttons.forEach((button, at) => {
      if (at === EXPORT) {
        button.disabled = this._model.busy;
      } else if (at !== CLOSE) {
        button.disabled = !this._model.busy;
      }
    });
    if (focused?.disabled) {
      buttons[CLOSE].focus(); // or the keys would no longer be the dialog's
    }
  }
}
