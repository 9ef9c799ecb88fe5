/**
 * The dialog that begins a campaign. It stays until the campaign is made or nobody wants it.
 */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { IApi } from '../api/client';
import { StartForm } from './body';
import { onButtonOfForm } from './enter';
import { NewCampaign } from './model';

const CANCEL = 0;
const START = 1;
let open: StartDialog | null = null;

/**
 * Asks for a campaign and has it made.
 *
 * @returns The campaign's id; null where there is none, or the person is being asked already.
 */
export async function askNewCampaign(
  api: IApi,
  trans: TranslationBundle,
  options: { review?: string; look?: number; file?: string } = {}
): Promise<string | null> {
  if (open) {
    return null;
  }
  const model = new NewCampaign(api, await api.start(), trans, options);
  const dialog = (open ??= new StartDialog(model, trans));
  try {
    await dialog.launch();
    return dialog.campaign;
  } finally {
    dialog.dispose();
    open = null;
  }
}

class StartDialog extends Dialog<void> {
  constructor(
    private readonly _model: NewCampaign,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('New campaign'),
      body: ReactWidget.create(<StartForm model={_model} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Start') })
      ],
      defaultButton: START,
      focusNodeSelector: 'select'
    });
    this.addClass('jp-ft-StartDialog');
  }

  /** The campaign that was made; null where none was. */
  campaign: string | null = null;

  /** Start closes the dialog only when the campaign is there; what is wrong is told in it. */
  resolve(index?: number): void {
    if ((index ?? START) === START) {
      void this._begin();
    } else if (this._model.working) {
      void this._model.cancel();
    } else {
      super.resolve(CANCEL);
    }
  }

  /** The first Cancel or Escape ends what the server does, the next one the dialog. */
  reject(): void {
    if (this._model.working) {
      void this._model.cancel();
    } else {
      super.reject();
    }
  }

  /** Enter on a button of the form is that button's. */
  handleEvent(event: Event): void {
    if (!onButtonOfForm(event)) {
      super.handleEvent(event);
    }
  }

  private async _begin(): Promise<void> {
    this.campaign = await this._model.begin();
    if (this.campaign !== null) {
      super.resolve(START);
    } else if (!this.isDisposed && this.isAttached) {
      this.node.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    }
  }
}
