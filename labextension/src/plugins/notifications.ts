/**
 * Notifications: a trial finished, one failed, a proposal waits.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { INews, NewsDesk } from '../store/news';
import { IFaceToken } from '../tokens';

/** How long a notification stays, in milliseconds. */
const STAY = 8000;

/** `ftassist:notifications`. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:notifications',
  description: 'Tells when a trial ended or a proposal waits.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ISettingRegistry],
  activate: (_: JupyterFrontEnd, face: IFace, registry: ISettingRegistry | null): void => {
    let level = 'all';
    const desk = new NewsDesk(face.store);
    desk.news.connect((_: NewsDesk, news: INews) => {
      if (level === 'all' || (level === 'waiting' && news.kind === 'waiting')) {
        tell(face, news);
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

function tell(face: IFace, news: INews): void {
  const { trans, commands } = face;
  const { campaign, trial } = news;
  const words: { [kind in INews['kind']]: string } = {
    waiting: trans.__('%1: proposal %2 waits for you', news.name, trial),
    finished: trans.__('%1: %2 finished', news.name, trial),
    failed: trans.__('%1: %2 failed', news.name, trial)
  };
  const message = [words[news.kind], news.text].filter(Boolean).join(' · ').slice(0, 140);
  Notification.emit(message, news.kind === 'failed' ? 'warning' : 'info', {
    autoClose: news.kind === 'waiting' ? false : STAY,
    actions: [
      {
        label: trans.__('Open'),
        callback: () => void commands.execute(CommandIDs.openTrial, { campaign, trial })
      }
    ]
  });
}
