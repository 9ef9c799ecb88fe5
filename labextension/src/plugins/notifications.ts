/**
 * Notifications: a trial finished, one failed, a proposal waits.
 *
 * Only of what is not in sight, one a campaign at a time, and for a short while: what waits is
 * also counted on the side bar and named in the status bar.
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
/** How long to wait whether what happened comes into sight by itself, in milliseconds. */
const SETTLE = 3000;
/** How often what is told is compared with what has come into sight, in milliseconds. */
const LOOK = 500;

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
      if (level === 'all' || (level === 'waiting' && news.kind === 'waiting')) {
        window.setTimeout(() => told.tell(news), SETTLE);
      }
    }, desk);
    // What has been decided, or is being looked at, does not wait any longer.
    store.changed.connect(() => told.forget(news => !isWaiting(face, news)), desk);
    commands.commandExecuted.connect((_, { id, args }) => {
      if (id === CommandIDs.openTrial) {
        told.forget(({ campaign, trial }) => campaign === args.campaign && trial === args.trial);
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

/** What is told at the moment: one notification a campaign, which later news join. */
class Told {
  constructor(private readonly _face: IFace) {}

  /** Tells news, unless they are in sight or over. */
  tell(news: INews): void {
    const { campaign } = news;
    if (!isWaiting(this._face, news) || isInSight(news)) {
      return;
    }
    const shown = this._shown.get(campaign);
    // One that has closed stays in the list of notifications: what joins it would not be seen.
    const open = shown !== undefined && isOpen(shown);
    const all = open ? [...shown.news, news] : [news];
    if (shown) {
      Notification.dismiss(shown.id);
    }
    const { message, type, ...options } = this._content(all);
    const id = Notification.emit(message, type, options);
    this._shown.set(campaign, { id, news: all, since: Date.now() });
    if (!shown) {
      this._watch(campaign);
    }
  }

  /** Takes back what comes into sight while it is told. */
  private _watch(campaign: string): void {
    const timer = window.setInterval(() => this._look(campaign, timer), LOOK);
  }

  private _look(campaign: string, timer: number): void {
    const shown = this._shown.get(campaign);
    if (!shown || !Notification.manager.has(shown.id)) {
      this._shown.delete(campaign);
      window.clearInterval(timer);
      return;
    }
    this.forget(news => news.campaign === campaign && isInSight(news));
  }

  /** Takes back what is over or seen. */
  forget(isOver: (news: INews) => boolean): void {
    for (const [campaign, { id, news, since }] of this._shown) {
      const left = news.filter(each => !isOver(each));
      if (left.length === 0) {
        Notification.dismiss(id);
        this._shown.delete(campaign);
      } else if (left.length < news.length) {
        Notification.update({ id, ...this._content(left) });
        this._shown.set(campaign, { id, news: left, since });
      }
    }
  }

  private _content(all: readonly INews[]): IContent {
    const { trans, commands } = this._face;
    const { campaign, trial, beside } = all[all.length - 1];
    return {
      message: newsText(all, trans),
      type: all.some(news => news.kind === 'failed') ? 'warning' : 'info',
      autoClose: STAY,
      actions: [
        {
          label: trans.__('Open'),
          callback: () =>
            void commands.execute(CommandIDs.openTrial, { campaign, trial: beside ?? trial })
        }
      ]
    };
  }

  private readonly _shown = new Map<string, IShown>();
}

interface IShown {
  id: string;
  news: INews[];
  /** When it was shown, in milliseconds since 1970. */
  since: number;
}

/** Whether it is still on the screen. */
function isOpen(shown: IShown): boolean {
  return Notification.manager.has(shown.id) && Date.now() - shown.since < STAY;
}

interface IContent {
  message: string;
  type: 'warning' | 'info';
  autoClose: number;
  actions: Notification.IAction[];
}

/** News of one campaign in one line; alternatives are told with the proposal they stand beside. */
export function newsText(all: readonly INews[], trans: IFace['trans']): string {
  const words: { [kind in INews['kind']]: (news: INews) => string } = {
    waiting: ({ trial, beside }) =>
      beside
        ? trans.__('alternatives to %1 wait for you', beside)
        : trans.__('proposal %1 waits for you', trial),
    finished: ({ trial }) => trans.__('%1 finished', trial),
    failed: ({ trial }) => trans.__('%1 failed', trial)
  };
  const lines = all.map(news => [words[news.kind](news), news.text].filter(Boolean).join(' · '));
  return `${all[0].name}: ${[...new Set(lines)].join('; ')}`.slice(0, 140);
}

/** Whether news still hold: a proposal that was decided on waits no longer. */
function isWaiting(face: IFace, news: INews): boolean {
  const row = face.store.campaigns.find(known => known.id === news.campaign);
  return news.kind !== 'waiting' || row === undefined || row.pending.includes(news.trial);
}

/** Whether a person has before them what happened, or the proposal it is an alternative to. */
function isInSight(news: INews): boolean {
  const { campaign, trial, beside } = news;
  return [trial, beside ?? trial].some(each => inSight(campaign, each));
}
