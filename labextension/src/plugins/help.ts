/**
 * The Help entry: what to type, and what the keys do.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { HelpBody } from '../help';
import { IFaceToken } from '../tokens';

/** `ftassist:help`. */
export const helpPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:help',
  description: 'The Help entry of ftassist.',
  autoStart: true,
  requires: [IFaceToken],
  activate: (app: JupyterFrontEnd, face: IFace): void => {
    const { trans } = face;
    app.commands.addCommand(CommandIDs.openHelp, {
      label: trans.__('Fine-tuning with ftassist'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () =>
        showDialog({
          title: trans.__('Fine-tuning with ftassist'),
          body: HelpBody({ trans }),
          buttons: [Dialog.okButton({ label: trans.__('Close') })]
        })
    });
  }
};
