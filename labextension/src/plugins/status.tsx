/**
 * The status bar item: the running trial, its step and the time left.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';
import { StatusItem } from '../explorer/status';
import { FaceContext, IFace } from '../face';
import { IFaceToken } from '../tokens';

/** `ftassist:status`. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:status',
  description: 'Shows the running trial in the status bar.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [IStatusBar],
  activate: (_: JupyterFrontEnd, face: IFace, bar: IStatusBar | null): void => {
    if (!bar) {
      return;
    }
    const item = ReactWidget.create(
      <FaceContext.Provider value={face}>
        <StatusItem />
      </FaceContext.Provider>
    );
    item.addClass('jp-ft-Status');
    bar.registerStatusItem('ftassist:status', {
      item,
      align: 'left',
      rank: 20,
      isActive: () => true
    });
  }
};
