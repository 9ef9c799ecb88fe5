/**
 * The command that begins a campaign.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { addIcon } from '@jupyterlab/ui-components';
import { errorText } from '../api/errors';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { IFaceToken } from '../tokens';
import { campaignsPlugin } from './store';

/** `ftassist:start`. */
export const startPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:start',
  description: 'The dialog that begins a campaign.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ISettingRegistry],
  activate: (app: JupyterFrontEnd, face: IFace, registry: ISettingRegistry | null): void => {
    const { trans, store } = face;
    app.commands.addCommand(CommandIDs.newCampaign, {
      label: trans.__('New campaign…'),
      caption: trans.__('Choose task, model and budget of a campaign, and begin it'),
      icon: addIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const settings = await registry?.load(campaignsPlugin.id);
        const review = String(settings?.composite.review ?? 'always');
        try {
          const { askNewCampaign } = await import('../start/dialog');
          const made = await askNewCampaign(store.api, trans, { review });
          if (made !== null) {
            await store.refresh();
            await app.commands.execute(CommandIDs.showExplorer, { campaign: made });
          }
          return made;
        } catch (error) {
          void showErrorMessage(trans.__('No campaign was made'), errorText(error));
        }
      }
    });
  }
};
