/**
 * The page that says what the search would do next.
 */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker, showErrorMessage } from '@jupyterlab/apputils';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import type { WhatIfPage } from '../search/page';
import { IFaceToken } from '../tokens';
import { describe } from './describe';
import { showPage } from './place';
import { target } from './target';

/** `ftassist:what-if`. */
export const whatIfPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:what-if',
  description: 'What the search would do next, without doing it.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, face: IFace, restorer: ILayoutRestorer | null): void => {
    const { trans, store } = face;
    const tracker = new WidgetTracker<MainAreaWidget<WhatIfPage>>({
      namespace: 'ftassist-what-if'
    });
    app.commands.addCommand(CommandIDs.whatIf, {
      label: trans.__('What if: show what would be tried next'),
      caption: trans.__('What the policy would do now, and why; nothing is run or spent'),
      describedBy: describe.campaign(trans),
      execute: async args => {
        const { campaign } = target(args, store);
        if (campaign === null) {
          return null;
        }
        const { WhatIfPage } = await import('../search/page');
        const id = `${WhatIfPage.id(campaign)}-area`;
        const open = tracker.find(known => known.id === id);
        const page = open ?? new MainAreaWidget({ content: new WhatIfPage(face, campaign) });
        if (!open) {
          page.id = id;
          page.toolbar.hide();
          void tracker.add(page);
        }
        if (showPage(page, app.shell)) {
          return page;
        }
        page.dispose();
        void showErrorMessage(
          trans.__('There is no place for a page here'),
          trans.__('Open it in JupyterLab, or type `%ftagent whatif` in a notebook.')
        );
        return null;
      }
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.whatIf,
        args: page => ({ campaign: page.content.campaign }),
        name: page => page.content.id
      });
    }
  }
};
