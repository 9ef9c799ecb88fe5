/**
 * What is told by notifications: each thing once, what happens together in one, and nothing that
 * a person has before them or that would lie over what they look at.
 */

import { Notification } from '@jupyterlab/apputils';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { INews } from '../store/news';
import { inSight, isQuestionInSight, isTaken } from '../store/sight';

/** How long a notification stays, in milliseconds. */
const STAY = 8000;
/** How long each of the news may take to come into sight by itself; more are gathered meanwhile. */
const SETTLE = 3000;
/** How often what is told is compared with what has come into sight, in milliseconds. */
const LOOK = 500;

/** What is told at the moment. */
export class Told {
  constructor(private readonly _face: IFace) {}

  /** Takes in news: those of a campaign that follow each other shortly are told together. */
  tell(news: INews): void {
    if (isInSight(news) && !document.hidden) {
      return; // a person saw it happen, wherever they look when the gathering ends
    }
    const { campaign } = news;
    const before = this._gathered.get(campaign);
    if (before) {
      window.clearTimeout(before.timer);
    }
    const timer = window.setTimeout(() => this._emit(campaign), SETTLE);
    this._gathered.set(campaign, { news: [...(before?.news ?? []), news], timer });
  }

  /** Takes back what is over or seen. */
  forget(isOver: (news: INews) => boolean): void {
    for (const [id, news] of this._shown) {
      const left = news.filter(each => !isOver(each));
      if (left.length === 0) {
        Notification.dismiss(id);
        this._shown.delete(id);
      } else if (left.length < news.length) {
        const { message, type, actions } = this._content(left);
        Notification.update({ id, message, type, actions });
        this._shown.set(id, left);
      }
    }
  }

  private _emit(campaign: string): void {
    const gathered = this._gathered.get(campaign);
    this._gathered.delete(campaign);
    const news = (gathered?.news ?? []).filter(
      each => holds(this._face, each) && !isInSight(each)
    );
    if (news.length === 0) {
      return;
    }
    const { message, type, actions } = this._content(news);
    // Where it would lie over a card or a page, it goes to the list of notifications alone.
    const autoClose = isTaken() ? 0 : STAY;
    const id = Notification.emit(message, type, { autoClose, actions });
    this._shown.set(id, news);
    this._watch();
  }

  /** Takes back what comes into sight while it is told. */
  private _watch(): void {
    this._until = Date.now() + STAY;
    if (this._timer !== null) {
      return;
    }
    this._timer = window.setInterval(() => {
      for (const id of this._shown.keys()) {
        if (!Notification.manager.has(id)) {
          this._shown.delete(id);
        }
      }
      this.forget(isInSight);
      // One that has closed stays in the list of notifications until it is decided on or opened.
      if (Date.now() > this._until && this._timer !== null) {
        window.clearInterval(this._timer);
        this._timer = null;
      }
    }, LOOK);
  }

  private _content(all: readonly INews[]): IContent {
    const { trans, commands } = this._face;
    const { kind, campaign, trial, beside } = all[all.length - 1];
    const [label, command, args] =
      kind === 'consent'
        ? [trans.__('Decide…'), CommandIDs.allowUnisolated, { campaign }]
        : [trans.__('Open'), CommandIDs.openTrial, { campaign, trial: beside ?? trial }];
    return {
      message: newsText(all, trans),
      type: all.some(news => grave.includes(news.kind)) ? 'warning' : 'info',
      actions: [{ label, callback: () => void commands.execute(command, args) }]
    };
  }

  private _until = 0;
  private _timer: number | null = null;
  private readonly _gathered = new Map<string, { news: INews[]; timer: number }>();
  private readonly _shown = new Map<string, readonly INews[]>();
}

const grave: readonly INews['kind'][] = ['failed', 'consent'];

interface IContent {
  message: string;
  type: 'warning' | 'info';
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
    failed: ({ trial }) => trans.__('%1 failed', trial),
    consent: () => trans.__('waits for your consent to run cells of a model without isolation')
  };
  const lines = all.map(news => [words[news.kind](news), news.text].filter(Boolean).join(' · '));
  return `${all[0].name}: ${[...new Set(lines)].join('; ')}`.slice(0, 140);
}

/** Whether news still hold: what was decided waits no longer. */
export function holds(face: IFace, news: INews): boolean {
  const row = face.store.campaigns.find(known => known.id === news.campaign);
  if (row === undefined) {
    return true;
  }
  switch (news.kind) {
    case 'waiting':
      return row.pending.includes(news.trial);
    case 'consent':
      return row.waits_for === 'consent';
    default:
      return true;
  }
}

/** Whether a person has before them what happened, or the proposal it is an alternative to. */
function isInSight(news: INews): boolean {
  const { kind, campaign, trial, beside } = news;
  if (kind === 'consent') {
    return isQuestionInSight(campaign);
  }
  return [trial, beside ?? trial].some(each => inSight(campaign, each));
}
