/**
 * Notifications: a trial finished, one failed, a proposal waits, a campaign waits for consent.
 *
 * What waits is also counted on the side bar and named in the status bar.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
// It has to hear of the first news, so it is needed when the application starts.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { holds, Told } from '../notify/told';
import { INews, NewsDesk } from '../store/news';
import { IFaceToken } from '../tokens';

/** `ftassist:notifications`. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:notifications',
  description: 'Tells when a trial ended or a proposal waits, where that is not in sight.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ISettingRegistry],
  activate: (_: JupyterFrontEnd, face: IFace, registry: ISettingRegistry | null): void => {
    let level = 'all';
    const { store, commands } = face;
    const told = new Told(face);
    const desk = new NewsDesk(store);
    desk.news.connect((_: NewsDesk, news: INews) => {
      const waits = news.kind === 'waiting' || news.kind === 'consent';
      if (level === 'all' || (level === 'waiting' && waits)) {
        told.tell(news);
      }
    }, desk);
    // What has been decided, or is being looked at, does not wait any longer.
    store.changed.connect(() => told.forget(news => !holds(face, news)), desk);
    commands.commandExecuted.connect((_, { id, args }) => {
      if (id === CommandIDs.openTrial) {
        told.forget(({ campaign, trial }) => campaign === args.campaign && trial === args.trial);
      } else if (id === CommandIDs.allowUnisolated) {
        told.forget(({ kind, campaign }) => kind === 'consent' && campaign === args.campaign);
      }
    }, desk);
    if (registry) {
      void registry.load(notificationsPlugin.id).then(settings => {
        const read = (): void => {
          level = String(settings.composite.level ?? 'all');
        };
        settings.changed.connect(read, desk);
        read();
      });
    }
  }
};
