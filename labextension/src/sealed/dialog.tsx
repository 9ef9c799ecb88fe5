/**
 * The dialog that opens the sealed test split. Closing it leaves the scoring going on.
 */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { ActDialog } from '../start/act_dialog';
import { ICampaignStore } from '../store/store';
import { TestBody } from './body';
import { TestOpening } from './model';

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
    await dialog.ask();
  } finally {
    shown = null;
    await store.model(campaign).refresh();
  }
}

class TestDialog extends ActDialog<TestOpening> {
  constructor(model: TestOpening, trans: TranslationBundle) {
    super(
      model,
      {
        title: trans.__('Open the sealed test'),
        body: ReactWidget.create(<TestBody model={model} trans={trans} />),
        cancel: Dialog.createButton({ label: trans.__('End the scoring'), accept: false }),
        begin: Dialog.warnButton({ label: trans.__('Open it') }),
        enterBegins: false // it cannot be undone
      },
      trans.__('Close')
    );
  }
}
