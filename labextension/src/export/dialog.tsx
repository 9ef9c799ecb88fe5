/**
 * The dialog that exports a trial's model. Closing it leaves an export going on.
 */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { ActDialog } from '../start/act_dialog';
import { ICampaignStore } from '../store/store';
import { ExportBody } from './body';
import { NewExport } from './model';

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
    await dialog.ask();
    return dialog.card;
  } finally {
    open = null;
    await store.model(campaign).refresh();
  }
}

class ExportDialog extends ActDialog<NewExport> {
  constructor(model: NewExport, trans: TranslationBundle) {
    super(
      model,
      {
        title: trans.__('Export %1', model.trial),
        body: ReactWidget.create(<ExportBody model={model} trans={trans} />),
        cancel: Dialog.createButton({ label: trans.__('Cancel export'), accept: false }),
        begin: Dialog.okButton({ label: trans.__('Export') }),
        enterBegins: true
      },
      trans.__('Close')
    );
    model.cardAsked.connect(this._onCardAsked, this);
  }

  /** The folder of the export whose card is to be opened; null for none. */
  card: string | null = null;

  dispose(): void {
    this.model.cardAsked.disconnect(this._onCardAsked, this);
    super.dispose();
  }

  private _onCardAsked(_: NewExport, folder: string): void {
    this.card = folder;
    this.finish();
  }
}
