/**
 * The launcher cards, and the entries of menus and command palette.
 */

import { ILabShell, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, showErrorMessage } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ICodeCell, INotebookContent } from '@jupyterlab/nbformat';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { UUID } from '@lumino/coreutils';
import { errorText } from '../api/errors';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { explorerIcon } from '../icons/icons';
import { IFaceToken } from '../tokens';
import { campaignsPlugin } from './store';

/** Opens a notebook that starts a campaign. */
const START = 'ftassist:start-campaign';

const IN_PALETTE = [
  CommandIDs.newCampaign,
  CommandIDs.showExplorer,
  CommandIDs.refresh,
  CommandIDs.propose,
  CommandIDs.proposeFor,
  CommandIDs.whatIf,
  CommandIDs.openReport,
  CommandIDs.openTest,
  CommandIDs.accept,
  CommandIDs.edit,
  CommandIDs.veto,
  CommandIDs.undoVeto,
  CommandIDs.alternatives,
  CommandIDs.alternativesFor,
  CommandIDs.insertCells,
  CommandIDs.pause,
  CommandIDs.resume,
  CommandIDs.stop,
  CommandIDs.allowUnisolated,
  CommandIDs.openTrial,
  CommandIDs.openNotebook,
  CommandIDs.compare,
  CommandIDs.branch,
  CommandIDs.replicate,
  CommandIDs.promote,
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
  optional: [ILauncher, ICommandPalette, ISettingRegistry, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    face: IFace,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    lab: ILabShell | null
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
        try {
          const path = await writeNotebook(app, String(args.cwd ?? ''), review);
          // Notebook 7 opens it in a tab of its own, so its cells must be in the file by then.
          await app.commands.execute('docmanager:open', { path });
        } catch (error) {
          void showErrorMessage(trans.__('No notebook was made'), errorText(error));
          return;
        }
        if (lab) {
          await app.commands.execute(CommandIDs.showExplorer);
        }
      }
    });
    const category = trans.__('Fine-tuning');
    launcher?.add({ command: CommandIDs.newCampaign, category, rank: 60 });
    launcher?.add({ command: START, category, rank: 50 });
    for (const command of [...IN_PALETTE, START]) {
      palette?.addItem({ command, category });
    }
  }
};

/** The path of a new notebook whose first cells start a campaign; nothing runs by itself. */
async function writeNotebook(app: JupyterFrontEnd, cwd: string, review: string): Promise<string> {
  const { contents } = app.serviceManager;
  const { path } = await contents.newUntitled({ path: cwd, type: 'notebook' });
  const cell = (source: string): ICodeCell => ({
    cell_type: 'code',
    id: UUID.uuid4(),
    source,
    metadata: {},
    outputs: [],
    execution_count: null
  });
  const content: INotebookContent = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'python3', display_name: 'Python 3 (ipykernel)', language: 'python' }
    },
    cells: [
      cell(
        '# A real model: task banking77 --model smollm2-135m (asks before it fetches 93 MB).\n' +
          `%load_ext ftassist\n%ftagent task mini_math --model tiny --review "${review}"`
      ),
      cell('%ftagent propose')
    ]
  };
  await contents.save(path, { type: 'notebook', format: 'json', content });
  return path;
}
