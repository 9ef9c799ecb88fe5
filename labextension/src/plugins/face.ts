/**
 * Provides what all views share: store, commands, words, editors, plots.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IFace } from '../face';
import { ICampaignStore } from '../store/store';
import { ICampaigns, IFaceToken } from '../tokens';

/** The domain of the texts. */
export const DOMAIN = 'ftassist';

/** `ftassist:face`. */
export const facePlugin: JupyterFrontEndPlugin<IFace> = {
  id: 'ftassist:face',
  description: 'The services that the views of ftassist share.',
  autoStart: true,
  requires: [ICampaigns],
  optional: [ITranslator, IEditorServices, IRenderMimeRegistry],
  provides: IFaceToken,
  activate: (
    app: JupyterFrontEnd,
    store: ICampaignStore,
    translator: ITranslator | null,
    editors: IEditorServices | null,
    rendermime: IRenderMimeRegistry | null
  ): IFace => ({
    store,
    commands: app.commands,
    trans: (translator ?? nullTranslator).load(DOMAIN),
    editors,
    rendermime
  })
};
