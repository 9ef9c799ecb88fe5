import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { Stalled } from '../agent/stalled';
import { AgentWorking } from '../agent/working';
import { ICampaignView, ILogPart, INow, IProgress, IWrongDetail } from '../api/documents';
import { CommandIDs } from '../commands';
import { linesOf, rowText, rowTitle } from '../explorer/rows';
import { rowAt, topsOf } from '../explorer/window';
import { CampaignModel } from '../store/campaign';
import { newsOf } from '../store/news';
import { inSight } from '../store/sight';
import { joined, readOn } from '../trial/log';
import { filterWrong, Wrong } from '../trial/wrong';
import { precise, quantity, score } from '../words/numbers';
import { doingText, progressShare, progressText } from '../words/progress';
import { fakeApi, fakeFace, fakeStore, node, nodes, sample, under } from './fake';

const trans = nullTranslator.load('ftassist');

const IDLE: IProgress = {
  stage: 'curate',
  text: 't0004 curate',
  step: null,
  steps: null,
  loss: null,
  items: null,
  of_items: null,
  seconds_left: null
};
const TRAINING: IProgress = { ...IDLE, stage: 'train', step: 16, steps: 64, loss: -0.21 };
const SCORING: IProgress = {
  ...IDLE,
  stage: 'evaluate',
  items: 120,
  of_items: 320,
  seconds_left: 20
};

afterEach(() => {
  cleanup();
  jest.useRealTimers();
});

describe('the words of progress', () => {
  it('count steps in training and items in an evaluation', () => {
    expect(progressText(TRAINING, trans)).toBe('step 16/64 · loss −0.21');
    expect(progressText(SCORING, trans)).toBe('120 of 320 items · 20 s left');
    expect([progressShare(TRAINING), progressShare(SCORING)]).toEqual([0.25, 0.375]);
  });

  it('show no step 0/0 where nothing is counted', () => {
    expect(progressText(IDLE, trans)).toBe('t0004 curate');
    expect(progressText({ ...IDLE, step: 0, steps: 0 }, trans)).toBe('t0004 curate');
    expect(progressShare({ ...IDLE, step: 0, steps: 0 })).toBeNull();
  });

  it('call the scoring of the base so', () => {
    expect(doingText('t0000', SCORING, trans)).toBe(
      'scoring the base model · 120 of 320 items · 20 s left'
    );
    expect(doingText('t0004', SCORING, trans)).toBe('evaluate · 120 of 320 items · 20 s left');
    expect(doingText('t0004', IDLE, trans)).toBe('curate');
  });
});

describe('numbers', () => {
  it('have one minus sign, and no decimals where things are counted', () => {
    expect(score(-0.046, 3)).toBe('−0.046');
    expect(quantity(800)).toBe('800');
    expect(quantity(-1200)).toBe('−1\u202f200');
    expect(quantity(0.41)).toBe('0.41');
    expect(precise(0.0000003)).toBe('3e−7');
    expect(precise(0.002)).toBe('0.002');
  });
});

describe('a wish for a proposal while the base is scored', () => {
  async function draw(now: Partial<INow>, status: 'running' | 'scored'): Promise<void> {
    const api = fakeApi();
    const view = sample<ICampaignView>('view_full');
    const base = view.nodes.find(each => each.trial === 't0000')!;
    base.status = status;
    api.campaign.mockResolvedValue(view);
    api.thinking.mockResolvedValue({ thinking: null, runner_alive: false, running: [], ...now });
    const model = new CampaignModel('x', api);
    await model.refresh();
    const watch = model.thinking.watch();
    await model.thinking.read();
    render(under(fakeFace(api), <AgentWorking model={model} thinking={null} />));
    watch.dispose();
  }

  it('says what is done, with the items counted', async () => {
    await draw({ running: [{ trial: 't0000', progress: SCORING }] }, 'running');
    const said = screen.getByRole('status').textContent;
    expect(said).toContain('First the base model is scored: 120 of 320 items · 20 s left');
    expect(said).not.toContain('thinking');
  });

  it('says so before an item is counted', async () => {
    await draw({}, 'running');
    expect(screen.getByRole('status').textContent).toBe(
      'First the base model is scored, then the agent proposes'
    );
  });

  it('is thinking once the base has its score', async () => {
    await draw({}, 'scored');
    expect(screen.getByRole('status').textContent).toBe('The agent is thinking');
  });
});

describe('a campaign without a runner', () => {
  const gone = { kind: 'gone', sentence: 'no runner is there any more' } as const;

  it('says so at once, and starts one', () => {
    const face = fakeFace();
    const start = jest.fn();
    face.commands.addCommand(CommandIDs.startRunner, { execute: start });
    render(under(face, <Stalled campaign="x" stalled={gone} />));
    expect(screen.getByText('No runner is there any more.')).toBeTruthy();
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Start the runner' });
    fireEvent.click(button);
    expect(start).toHaveBeenCalledWith({ campaign: 'x' });
    expect(button.disabled).toBe(true);
    expect(button.textContent).toBe('Starting…');
  });

  it('gives one that is being started a few seconds before it says that something waits', () => {
    jest.useFakeTimers();
    const waiting = { kind: 'waiting', sentence: 't0003 waits' } as const;
    render(under(fakeFace(), <Stalled campaign="x" stalled={waiting} />));
    expect(screen.queryByRole('button')).toBeNull();
    act(() => void jest.advanceTimersByTime(7000));
    expect(screen.getByRole('button', { name: 'Start the runner' })).toBeTruthy();
  });

  it('is read again when a hint or the present tells that the runner is gone', async () => {
    const api = fakeApi();
    const store = fakeStore(api);
    const model = store.model('x');
    await model.refresh();
    api.campaign.mockClear();
    await store.hear({ id: 'x', seq: model.seq, alive: model.campaign!.runner_alive });
    expect(api.campaign).not.toHaveBeenCalled();
    await store.hear({ id: 'x', seq: model.seq, alive: !model.campaign!.runner_alive });
    expect(api.campaign).toHaveBeenCalledTimes(1);
    const alive = !model.campaign!.runner_alive;
    api.thinking.mockResolvedValue({ thinking: null, runner_alive: alive, running: [] });
    await model.thinking.read();
    expect(api.campaign).toHaveBeenCalledTimes(2);
    store.dispose();
  });
});

describe('a row', () => {
  it('says that nothing works on a trial that should run', () => {
    const running = node('t0003', 't0000', { status: 'running', word: 'running', stage: 'train' });
    expect(rowText(running, TRAINING, true, trans)).toEqual({
      label: 'title of t0003',
      detail: 'train · step 16/64 · loss −0.21',
      word: 'running'
    });
    expect(rowText(running, null, false, trans)).toMatchObject({ detail: '', word: 'no runner' });
  });

  it('has its label whole, however long it is', () => {
    const title =
      'rows of lessons_shop 50 → 400, rows of lessons_travel 50 → 400, epochs 2 → 4, DPO';
    const long = node('t0003', 't0000', { title });
    expect(rowText(long, null, true, trans).label).toBe(title);
    expect(rowTitle(long, trans)).toContain(title);
  });

  it('shows what a stopped trial tried, and why a failed one failed', () => {
    const stopped = node('t0003', 't0000', { status: 'stopped', word: 'stopped' });
    expect(rowText(stopped, null, true, trans)).toEqual({
      label: 'title of t0003',
      detail: '',
      word: 'stopped'
    });
    const failed = node('t0004', 't0000', { status: 'failed', word: 'failed', failure: 'OOM' });
    expect(rowText(failed, null, true, trans)).toMatchObject({
      label: 'title of t0004',
      detail: 'OOM'
    });
  });

  it('takes a second line for a label that is wider than it', () => {
    const measure = (text: string): number => 6 * text.length;
    expect(linesOf('epochs 1 to 2', 78, measure)).toBe(1);
    expect(linesOf('epochs 1 to 2', 77, measure)).toBe(2);
    expect(linesOf('epochs 1 to 2 and far more of the same', 77, measure)).toBe(4);
    expect(linesOf('a_word_that_is_broken and more', 77, measure)).toBe(3);
    expect(linesOf('a_word_that_is_broken 5', 77, measure)).toBe(2); // behind the broken word's end
    expect(linesOf('low learning-rates', 78, measure)).toBe(2); // a hyphen may end a line
    expect(linesOf('low -5', 30, measure)).toBe(2);
    expect(linesOf('never '.repeat(40), 77, measure)).toBe(8);
    expect(linesOf('epochs 1 to 2', 180)).toBe(1);
    expect(linesOf('benchmark_mirror comes into the mix', 180)).toBe(2);
    expect(linesOf('benchmark_mirror comes into the mix', 0)).toBe(1);
    expect(linesOf('', 180)).toBe(0);
  });

  it('is found by its height in a list of rows of several heights', () => {
    const tops = topsOf([20, 40, 20]);
    expect(tops).toEqual([0, 20, 60, 80]);
    expect([0, 19, 20, 59, 60, 999].map(y => rowAt(tops, y))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(rowAt(topsOf([]), 5)).toBe(0);
  });
});

describe('news', () => {
  it('are not made of what a person stopped', () => {
    const ended = node('t0003', 't0000', { status: 'stopped' });
    expect(newsOf(ended, 'running')).toBeNull();
    expect(newsOf({ ...ended, status: 'failed' }, 'running')).toBe('failed');
  });

  it('are not told of what is in sight', () => {
    const [first] = nodes(node('t0003', null)).values();
    const card = document.createElement('div');
    card.dataset.ftTrial = first.trial;
    card.dataset.ftCampaign = 'x';
    document.body.append(card);
    expect(inSight('x', 't0003')).toBe(false); // it has no size: it is not drawn
    card.getBoundingClientRect = () =>
      ({ left: 0, top: 0, width: 9, height: 9, bottom: 9 }) as DOMRect;
    document.elementFromPoint = () => card;
    expect(inSight('x', 't0003')).toBe(true);
    expect(inSight('y', 't0003')).toBe(false);
    document.elementFromPoint = () => document.createElement('p'); // something lies over it
    expect(inSight('x', 't0003')).toBe(false);
    card.remove();
  });
});

describe('a log', () => {
  const whole = 'step 1/3\nstep 2/3\nstep 3/3\n';
  const parts =
    (size: number) =>
    async (after: number): Promise<ILogPart> => ({
      text: whole.slice(after, after + size),
      next: Math.min(whole.length, after + size),
      size: whole.length
    });

  it('is read on from where it ended', async () => {
    const half = { text: whole.slice(0, 9), next: 9, size: 9 };
    expect((await readOn(half, parts(5))).text).toBe(whole);
  });

  it('stops after some parts, so that a long one does not hold the page up', async () => {
    const read = await readOn({ text: '', next: 0, size: 0 }, parts(1));
    expect(read.text).toBe(whole.slice(0, 8));
    expect(read.size).toBe(whole.length);
  });

  it('begins anew where it has become shorter', () => {
    const log = { text: 'an earlier attempt', next: 18, size: 18 };
    expect(joined(log, { text: 'new', next: 3, size: 3 }).text).toBe('new');
  });
});

describe('wrong answers', () => {
  const item = (id: string, more: Partial<IWrongDetail>): IWrongDetail => ({
    id,
    view: 'shop',
    prompt: `asked ${id}`,
    gold: '4',
    output: '5',
    kind: 'wrong',
    parent: null,
    ...more
  });
  const items = [
    item('i1', { view: 'travel', parent: { output: 'it is 4', right: true } }),
    item('i2', { kind: 'cut off', output: 'well, let me <b>see</b>' }),
    item('i3', {})
  ];
  const ids = (found: IWrongDetail[]): string[] => found.map(each => each.id);

  it('are filtered by view, by kind and by words', () => {
    const all = { view: '', kind: '', text: '' };
    expect(ids(filterWrong(items, all))).toEqual(['i1', 'i2', 'i3']);
    expect(ids(filterWrong(items, { ...all, view: 'travel' }))).toEqual(['i1']);
    expect(ids(filterWrong(items, { ...all, kind: 'cut off' }))).toEqual(['i2']);
    expect(ids(filterWrong(items, { ...all, text: 'SEE let' }))).toEqual(['i2']);
    expect(ids(filterWrong(items, { view: 'shop', kind: 'wrong', text: 'i1' }))).toEqual([]);
  });

  it("stand beside the parent's answers, as text", () => {
    const page = { ...sample<object>('trial_scored'), wrong: items } as never;
    render(under(fakeFace(), <Wrong page={page} />));
    const shown = (): string[] =>
      screen.queryAllByRole('listitem').map(each => each.textContent ?? '');
    expect(shown()).toHaveLength(3);
    expect(shown()[0]).toContain('t0002 answered✓right: it is 4');
    expect(shown()[1]).toContain('<b>see</b>');
    expect(shown()[1]).toContain('not known');
    fireEvent.change(screen.getByLabelText('Show only wrong answers of this kind'), {
      target: { value: 'cut off' }
    });
    expect(shown()).toHaveLength(1);
    expect(screen.getByText('1 of 3')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Filter wrong answers by words'), {
      target: { value: 'nothing like it' }
    });
    expect(screen.getByText('No wrong answer passes this filter.')).toBeTruthy();
  });
});
