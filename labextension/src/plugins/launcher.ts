/**
 * The launcher card, and the entries of menus and command palette.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { explorerIcon } from '../icons/icons';
import { IFaceToken } from '../tokens';
import { campaignsPlugin } from './store';

/** Opens a notebook that starts a campaign. */
const START = 'ftassist:start-campaign';

const IN_PALETTE = [
  CommandIDs.showExplorer,
  CommandIDs.refresh,
  CommandIDs.propose,
  CommandIDs.accept,
  CommandIDs.edit,
  CommandIDs.veto,
  CommandIDs.undoVeto,
  CommandIDs.alternatives,
  CommandIDs.insertCells,
  CommandIDs.pause,
  CommandIDs.resume,
  CommandIDs.stop,
  CommandIDs.openTrial,
  CommandIDs.openNotebook,
  CommandIDs.compare,
  CommandIDs.branch,
  CommandIDs.replicate,
  CommandIDs.exportModel,
  CommandIDs.stopTrial,
  CommandIDs.openHelp
];

/** `ftassist:launcher`. */
export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:launcher',
  description: 'The launcher card and the entries of the command palette.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ILauncher, ICommandPalette, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    face: IFace,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null
  ): void => {
    const { trans } = face;
    app.commands.addCommand(START, {
      label: trans.__('Fine-tuning campaign'),
      caption: trans.__('A notebook that starts a campaign'),
      icon: explorerIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cwd: { type: 'string', description: trans.__('The folder of the new notebook') }
          }
        }
      },
      execute: async args => {
        const settings = await registry?.load(campaignsPlugin.id);
        const review = String(settings?.composite.review ?? 'always');
        await startNotebook(app, String(args.cwd ?? ''), review);
      }
    });
    launcher?.add({ command: START, category: trans.__('Fine-tuning'), rank: 50 });
    for (const command of [...IN_PALETTE, START]) {
      palette?.addItem({ command, category: trans.__('Fine-tuning') });
    }
  }
};

/** A new notebook whose first cells start a campaign; nothing runs by itself. */
async function startNotebook(app: JupyterFrontEnd, cwd: string, review: string): Promise<void> {
  const { commands } = app;
  const panel = await commands.execute('notebook:create-new', { cwd, kernelName: 'python3' });
  await panel.context.ready;
  const task = `%ftagent task mini_math --review "${review}"`;
  panel.context.model.sharedModel.insertCells(0, [
    { cell_type: 'code', source: `%load_ext ftassist\n${task}` },
    { cell_type: 'code', source: '%ftagent propose' }
  ]);
  await commands.execute(CommandIDs.showExplorer);
}
