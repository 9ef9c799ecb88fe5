/**
 * Provides the campaigns: client, store, and the hints that keep it fresh.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Event } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
// The store needs it at once; there is nothing to wait for.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { Api } from '../api/client';
import { CampaignStore, ICampaignStore } from '../store/store';
import { ICampaigns } from '../tokens';

/** The schema of the server's hints. */
export const CHANGED = 'https://events.ftassist.dev/campaign_changed/v1';

/** `ftassist:campaigns`. */
export const campaignsPlugin: JupyterFrontEndPlugin<ICampaignStore> = {
  id: 'ftassist:campaigns',
  description: 'Reads the campaigns of this server and keeps them up to date.',
  autoStart: true,
  optional: [ISettingRegistry],
  provides: ICampaigns,
  activate: (app: JupyterFrontEnd, registry: ISettingRegistry | null): ICampaignStore => {
    const store = new CampaignStore(new Api(app.serviceManager.serverSettings));
    app.serviceManager.events.stream.connect((_: unknown, event: Event.Emission) => {
      const { id, seq, runner_alive } = event as { [name: string]: unknown };
      if (event.schema_id === CHANGED && typeof id === 'string' && typeof seq === 'number') {
        const alive = typeof runner_alive === 'boolean' ? runner_alive : undefined;
        void store.hear({ id, seq, alive });
      }
    }, store);
    if (registry) {
      void registry.load(campaignsPlugin.id).then(settings => {
        const read = (): void => {
          store.setInterval(1000 * Number(settings.composite.refresh ?? 5));
          document.body.dataset.ftColours = String(settings.composite.colours ?? 'theme');
        };
        settings.changed.connect(read, store);
        read();
      });
    }
    return store;
  }
};
