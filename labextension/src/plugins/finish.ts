/**
 * How a campaign ends: the sealed test, the report, the model cards of what was exported.
 */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import {
  MainAreaWidget,
  ToolbarButton,
  WidgetTracker,
  showErrorMessage
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { errorText } from '../api/errors';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { reportIcon } from '../icons/icons';
import type { ReportPage } from '../report/page';
import { IFaceToken } from '../tokens';
import { describe } from './describe';
import { showPage } from './place';
import { target } from './target';

/** The rendering of a model card: the document itself is read only by who asks for it. */
const PREVIEW = 'Markdown Preview';

/** `ftassist:finish`. */
export const finishPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:finish',
  description: 'The sealed test, the report, and the model cards of exports.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, face: IFace, restorer: ILayoutRestorer | null): void => {
    const { trans, store } = face;
    const tracker = new WidgetTracker<MainAreaWidget<ReportPage>>({
      namespace: 'ftassist-report'
    });

    app.commands.addCommand(CommandIDs.openTest, {
      label: trans.__('Open the sealed test…'),
      caption: trans.__('Score a trial on the test split that nothing has seen: once, at the end'),
      describedBy: describe.trial(trans),
      execute: async args => {
        const { campaign, trial } = target(args, store);
        if (campaign !== null) {
          const { askOpenTest } = await import('../sealed/dialog');
          await askOpenTest(store, campaign, trial, trans);
        }
      }
    });
    app.commands.addCommand(CommandIDs.openReport, {
      label: trans.__('Open the report'),
      icon: reportIcon,
      caption: trans.__('The whole campaign on one page, written anew as it goes on'),
      describedBy: describe.campaign(trans),
      execute: async args => {
        const { campaign } = target(args, store);
        if (campaign === null) {
          return null;
        }
        const { ReportPage } = await import('../report/page');
        const id = `${ReportPage.id(campaign)}-area`;
        const open = tracker.find(known => known.id === id);
        const page = open ?? new MainAreaWidget({ content: new ReportPage(face, campaign) });
        if (!open) {
          page.id = id;
          const print = new ToolbarButton({
            label: trans.__('Print…'),
            tooltip: trans.__('Print the report alone, or save it as PDF'),
            onClick: () => page.content.print()
          });
          page.toolbar.addItem('print', print);
          void tracker.add(page);
        }
        if (showPage(page, app.shell)) {
          return page;
        }
        page.dispose();
        void showErrorMessage(
          trans.__('There is no place for a page here'),
          trans.__('Open it in JupyterLab, or type `%ftagent report` in a notebook.')
        );
        return null;
      }
    });
    app.commands.addCommand(CommandIDs.openModelCard, {
      label: trans.__('Open the model card of an export'),
      describedBy: describe.trial(trans, {
        folder: {
          type: 'string',
          description: trans.__('The folder of the export, such as exports/t0007-merged')
        }
      }),
      execute: async args => {
        const { campaign } = target(args, store);
        const row = store.campaigns.find(known => known.id === campaign);
        if (!row || typeof args.folder !== 'string') {
          return null;
        }
        const folder = PathExt.join('exports', PathExt.basename(args.folder));
        const path = PathExt.join(row.path, folder, 'README.md');
        try {
          return await app.commands.execute('docmanager:open', { path, factory: PREVIEW });
        } catch (error) {
          void showErrorMessage(trans.__('The model card cannot be opened'), errorText(error));
          return null;
        }
      }
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openReport,
        args: page => ({ campaign: page.content.campaign }),
        name: page => page.content.id
      });
    }
  }
};
