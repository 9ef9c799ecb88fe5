import { Notification } from '@jupyterlab/apputils';
import { ICampaignList } from '../api/documents';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { Told } from '../notify/told';
import { INews } from '../store/news';
import { fakeApi, fakeFace, sample } from './fake';

const LONG_ENOUGH = 3100;
let face: IFace;
let told: Told;
let campaign: string;

const news = (kind: INews['kind'], trial: string, more: Partial<INews> = {}): INews => ({
  kind,
  campaign,
  name: 'mini',
  trial,
  beside: null,
  text: '',
  ...more
});
const messages = (): string[] => Notification.manager.notifications.map(each => each.message);
const stay = (): (number | false | undefined)[] =>
  Notification.manager.notifications.map(each => each.options.autoClose);

/** An element with a size, at the point that the browser is asked for. */
function draw(make: (element: HTMLElement) => void): HTMLElement {
  const element = document.createElement('div');
  make(element);
  element.getBoundingClientRect = () =>
    ({ left: 0, top: 0, width: 9, height: 9, bottom: 9 }) as DOMRect;
  document.body.append(element);
  document.elementFromPoint = () => element;
  return element;
}

beforeEach(async () => {
  const api = fakeApi();
  api.campaigns.mockImplementation(async () => {
    const list = sample<ICampaignList>('campaigns');
    list.campaigns[0] = { ...list.campaigns[0], pending: ['t0012', 't0013'], waits_for: '' };
    return list;
  });
  face = fakeFace(api);
  await face.store.refresh();
  campaign = face.store.campaigns[0].id;
  jest.useFakeTimers();
  document.elementFromPoint = () => null;
  told = new Told(face);
});

afterEach(() => {
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
  document.body.replaceChildren();
  Notification.dismiss();
});

describe('notifications', () => {
  it('tell together what happens together', () => {
    told.tell(news('finished', 't0004', { text: '0.78 better' }));
    jest.advanceTimersByTime(300);
    told.tell(news('waiting', 't0012'));
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toEqual([
      'mini: t0004 finished · 0.78 better; proposal t0012 waits for you'
    ]);
  });

  it('tell each thing once: what comes later has one of its own, without the earlier', () => {
    told.tell(news('finished', 't0004'));
    jest.advanceTimersByTime(LONG_ENOUGH);
    told.tell(news('waiting', 't0012'));
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages().sort()).toEqual([
      'mini: proposal t0012 waits for you',
      'mini: t0004 finished'
    ]);
  });

  it('tell alternatives with the proposal that they stand beside', () => {
    told.tell(news('waiting', 't0012', { beside: 't0011' }));
    told.tell(news('waiting', 't0013', { beside: 't0011' }));
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toEqual(['mini: alternatives to t0011 wait for you']);
  });

  it('do not repeat what has come into sight meanwhile', () => {
    told.tell(news('waiting', 't0012'));
    draw(element => {
      element.dataset.ftTrial = 't0012';
      element.dataset.ftCampaign = campaign;
    });
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toEqual([]);
  });

  it('give what came last as long to come into sight as what came first', () => {
    told.tell(news('finished', 't0004'));
    jest.advanceTimersByTime(2900);
    told.tell(news('waiting', 't0012'));
    jest.advanceTimersByTime(1000);
    expect(messages()).toEqual([]);
    draw(element => {
      element.dataset.ftTrial = 't0012';
      element.dataset.ftCampaign = campaign;
    });
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toEqual(['mini: t0004 finished']);
  });

  it('do not tell what was in sight when it happened, wherever a person looks next', () => {
    const card = draw(element => {
      element.dataset.ftTrial = 't0004';
      element.dataset.ftCampaign = campaign;
    });
    told.tell(news('finished', 't0004'));
    card.remove();
    document.elementFromPoint = () => null;
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toEqual([]);
  });

  it('are taken back when what they tell comes into sight', () => {
    told.tell(news('waiting', 't0012'));
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toHaveLength(1);
    draw(element => {
      element.dataset.ftTrial = 't0012';
      element.dataset.ftCampaign = campaign;
    });
    jest.advanceTimersByTime(600);
    expect(messages()).toEqual([]);
  });

  it('do not tell of a proposal that was decided meanwhile', () => {
    told.tell(news('waiting', 't0099'));
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toEqual([]);
  });

  it('do not lie over a card or a page: they go to the list alone', () => {
    draw(element => {
      element.className = 'jp-ft-Page';
    });
    told.tell(news('finished', 't0004'));
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(messages()).toEqual(['mini: t0004 finished']);
    expect(stay()).toEqual([0]);
  });

  it('come up where nothing of a campaign is', () => {
    told.tell(news('finished', 't0004'));
    jest.advanceTimersByTime(LONG_ENOUGH);
    expect(stay()).toEqual([8000]);
  });

  it('of a question lead to it, and are not told while it is in sight', () => {
    const row = face.store.campaigns[0];
    row.waits_for = 'consent';
    const decide = jest.fn();
    face.commands.addCommand(CommandIDs.allowUnisolated, { execute: decide });
    told.tell(news('consent', ''));
    jest.advanceTimersByTime(LONG_ENOUGH);
    const [{ options, message }] = Notification.manager.notifications;
    expect(message).toContain('waits for your consent');
    options.actions![0].callback(new MouseEvent('click'));
    expect(decide).toHaveBeenCalledWith({ campaign });
    draw(element => {
      element.dataset.ftConsent = campaign;
    });
    jest.advanceTimersByTime(600);
    expect(messages()).toEqual([]);
  });
});
