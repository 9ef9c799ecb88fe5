/**
 * Notifications: a trial finished, one failed, a proposal waits.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { INews, NewsDesk } from '../store/news';
import { inSight } from '../store/sight';
import { IFaceToken } from '../tokens';

/** How long a notification stays, in milliseconds. */
const STAY = 8000;
/** By when views have drawn what is new, in milliseconds. */
const DRAWN = 600;

/** `ftassist:notifications`. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:notifications',
  description: 'Tells when a trial ended or a proposal waits.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [ISettingRegistry],
  activate: (_: JupyterFrontEnd, face: IFace, registry: ISettingRegistry | null): void => {
    let level = 'all';
    const open = new Map<string, INews>();
    const desk = new NewsDesk(face.store);
    const announce = (news: INews): void => {
      if (!desk.isDisposed && !inSight(news.campaign, news.trial)) {
        const shown = tell(face, news);
        if (news.kind === 'waiting') {
          open.set(shown, news);
        }
      }
    };
    desk.news.connect((_: NewsDesk, news: INews) => {
      if (level === 'all' || (level === 'waiting' && news.kind === 'waiting')) {
        // The views draw what is new first: what they show by then need not be told again.
        setTimeout(() => announce(news), DRAWN);
      }
    }, desk);
    const dismiss = (isOver: (news: INews) => boolean): void => {
      for (const [shown, news] of open) {
        if (isOver(news)) {
          Notification.dismiss(shown);
          open.delete(shown);
        }
      }
    };
    // What has been decided, or is being looked at, does not wait any longer.
    face.store.changed.connect(() => {
      dismiss(({ campaign, trial }) => {
        const row = face.store.campaigns.find(known => known.id === campaign);
        return row !== undefined && !row.pending.includes(trial);
      });
    }, desk);
    face.commands.commandExecuted.connect((_, { id, args }) => {
      if (id === CommandIDs.openTrial) {
        dismiss(news => news.campaign === args.campaign && news.trial === args.trial);
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

/** Shows a notification; gives its id. */
function tell(face: IFace, news: INews): string {
  const { trans, commands } = face;
  const { campaign, trial } = news;
  const words: { [kind in INews['kind']]: string } = {
    waiting: trans.__('%1: proposal %2 waits for you', news.name, trial),
    finished: trans.__('%1: %2 finished', news.name, trial),
    failed: trans.__('%1: %2 failed', news.name, trial)
  };
  const message = [words[news.kind], news.text].filter(Boolean).join(' · ').slice(0, 140);
  return Notification.emit(message, news.kind === 'failed' ? 'warning' : 'info', {
    autoClose: news.kind === 'waiting' ? false : STAY,
    actions: [
      {
        label: trans.__('Open'),
        callback: () => void commands.execute(CommandIDs.openTrial, { campaign, trial })
      }
    ]
  });
}
