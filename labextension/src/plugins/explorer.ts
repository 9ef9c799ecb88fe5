/**
 * The side panel.
 */

import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry, createToolbarFactory, setToolbar } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../commands';
import { TrialExplorer } from '../explorer/panel';
import { IFace } from '../face';
import { IFaceToken } from '../tokens';

const FACTORY = 'TrialExplorer';

/** `ftassist:explorer`. */
export const explorerPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:explorer',
  description: 'The side panel with campaigns, the search tree and the table of trials.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ILabShell, ILayoutRestorer, IToolbarWidgetRegistry, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    face: IFace,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    toolbars: IToolbarWidgetRegistry | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const { trans, store } = face;
    const explorer = new TrialExplorer(face);
    if (toolbars && registry) {
      const factory = createToolbarFactory(
        toolbars,
        registry,
        FACTORY,
        explorerPlugin.id,
        translator ?? nullTranslator
      );
      setToolbar(explorer, factory, explorer.toolbar);
    }
    restorer?.add(explorer, explorer.id);
    app.shell.add(explorer, 'left', { rank: 550, type: 'Trial explorer' });
    app.commands.addCommand(CommandIDs.showExplorer, {
      label: trans.__('Show trial explorer'),
      caption: trans.__('Show campaigns, the search tree and the table of trials'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            campaign: {
              type: 'string',
              description: trans.__('The id of the campaign to show')
            }
          }
        }
      },
      execute: args => {
        if (typeof args.campaign === 'string') {
          store.choose(args.campaign);
        }
        if (shell) {
          shell.activateById(explorer.id);
        } else {
          app.shell.activateById(explorer.id);
        }
      }
    });
    app.commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh campaigns'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await store.refresh();
        if (store.current !== null) {
          await store.model(store.current).refresh();
        }
      }
    });
  }
};
