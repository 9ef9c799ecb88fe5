/**
 * Draws proposals in notebooks as cards, and puts their cells into notebooks.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ICard, PROPOSAL_MIME } from '../api/documents';
import { insertCells } from '../card/insert';
import { ICardHost } from '../card/host';
import { CardRenderer } from '../card/renderer';
import { IFace } from '../face';
import { ICardHostToken, IFaceToken } from '../tokens';

/** `ftassist:card`. */
export const cardPlugin: JupyterFrontEndPlugin<ICardHost> = {
  id: 'ftassist:card',
  description: 'Draws proposals in notebooks as cards.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [IRenderMimeRegistry, INotebookTracker],
  provides: ICardHostToken,
  activate: (
    _: JupyterFrontEnd,
    face: IFace,
    rendermime: IRenderMimeRegistry | null,
    notebooks: INotebookTracker | null
  ): ICardHost => {
    const { trans } = face;
    const host: ICardHost = {
      insert: (card: ICard, anchor: HTMLElement | null) => {
        if (!notebooks || !insertCells(card, notebooks, anchor)) {
          void showErrorMessage(
            trans.__('No notebook to insert into'),
            trans.__('Open a notebook first; the cells go below its active cell.')
          );
        }
      }
    };
    rendermime?.addFactory(
      {
        safe: true,
        mimeTypes: [PROPOSAL_MIME],
        defaultRank: 40,
        createRenderer: () => new CardRenderer(face, host)
      },
      0
    );
    return host;
  }
};
