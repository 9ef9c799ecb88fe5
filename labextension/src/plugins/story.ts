/**
 * Keeps the story of campaigns in open notebooks.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { CommandIDs } from '../commands';
import { ICampaignStore } from '../store/store';
// It has to hear of the first notebook, so it is needed when the application starts.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { StoryKeeper } from '../story/keeper';
import { ICampaigns } from '../tokens';

/** `ftassist:story`. */
export const storyPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:story',
  description: 'Brings cards in open notebooks up to date, and adds the next one below.',
  autoStart: true,
  requires: [ICampaigns],
  optional: [INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    store: ICampaignStore,
    notebooks: INotebookTracker | null
  ): void => {
    if (notebooks) {
      new StoryKeeper(store, notebooks, (campaign, trial) => {
        void app.commands.execute(CommandIDs.openTrial, { campaign, trial });
      });
    }
  }
};
