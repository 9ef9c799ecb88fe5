/**
 * The command that begins a campaign.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
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
  optional: [ISettingRegistry, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    face: IFace,
    registry: ISettingRegistry | null,
    browsers: IFileBrowserFactory | null
  ): void => {
    const { trans, store } = face;
    app.commands.addCommand(CommandIDs.newCampaign, {
      label: trans.__('New campaign…'),
      caption: trans.__('Choose task, model and budget of a campaign, and begin it'),
      icon: addIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            file: {
              type: 'string',
              description: trans.__('A file of rows to begin with, as the file browser names it')
            }
          }
        }
      },
      execute: async args => {
        const settings = await registry?.load(campaignsPlugin.id);
        const from = typeof args.file === 'string' ? { file: args.file } : {};
        const review = String(settings?.composite.review ?? 'always');
        try {
          const { askNewCampaign } = await import('../start/dialog');
          const made = await askNewCampaign(store.api, trans, { review, ...from });
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
    app.commands.addCommand(CommandIDs.newFromFile, {
      label: trans.__('New campaign from these rows…'),
      caption: trans.__('Begin a campaign on the rows of this file'),
      icon: addIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => rowsFile(browsers) !== null,
      execute: () => {
        const file = rowsFile(browsers);
        return file === null ? null : app.commands.execute(CommandIDs.newCampaign, { file });
      }
    });
  }
};

/** The file of rows that is chosen alone in the file browser; null where there is none. */
function rowsFile(browsers: IFileBrowserFactory | null): string | null {
  const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
  const [item] = items;
  const ends = /\.(csv|tsv|jsonl|ndjson|json|parquet|arrow)(\.gz)?$/i;
  return items.length === 1 && item.type !== 'directory' && ends.test(item.name)
    ? item.path
    : null;
}
