import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { ICampaignView, IMetricsRow } from '../api/documents';
import { CommandIDs } from '../commands';
import { CurvesModel, MOST } from '../curves/model';
import { curvesPlot } from '../curves/plots';
import { USUAL, heldOutPoints, smoothed, thin, trainingPoints } from '../curves/series';
import { Curves } from '../curves/view';
import { SearchTree } from '../explorer/tree';
import { CurveReader } from '../store/curve';
import { fakeApi, fakeFace, fakeStore, sample, under } from './fake';

const trans = nullTranslator.load('ftassist');
afterEach(cleanup);

const ROWS: IMetricsRow[] = [
  { step: 1, loss: 2, learning_rate: 0.1, tokens: 100, seconds: 1.5 },
  { step: 2, loss: null, learning_rate: 0.2, tokens: 200, seconds: 3 },
  { step: 2, eval_loss: 1.8 },
  { step: 3, loss: 1, learning_rate: 0, tokens: 300, seconds: 4.5 },
  { step: 3, eval_loss: 1.2 }
];

describe('the points of a curve', () => {
  it('lie over steps, tokens or seconds, and leave out what is no number', () => {
    expect(trainingPoints(ROWS, 'loss', 'step')).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 1 }
    ]);
    expect(trainingPoints(ROWS, 'loss', 'tokens').map(point => point.x)).toEqual([100, 300]);
    expect(trainingPoints(ROWS, 'learning_rate', 'seconds').map(point => point.x)).toEqual([
      1.5, 3, 4.5
    ]);
  });

  it('on held-out rows lie where the training before them was', () => {
    expect(heldOutPoints(ROWS, 'step')).toEqual([
      { x: 2, y: 1.8 },
      { x: 3, y: 1.2 }
    ]);
    expect(heldOutPoints(ROWS, 'tokens').map(point => point.x)).toEqual([200, 300]);
  });

  it('are smoothed without a pull of the beginning, and not at all by 0', () => {
    const flat = [1, 2, 3].map(x => ({ x, y: 5 }));
    expect(smoothed(flat, 0.9).map(point => point.y.toFixed(6))).toEqual([
      '5.000000',
      '5.000000',
      '5.000000'
    ]);
    const saw = [0, 1, 0, 1, 0, 1].map((y, x) => ({ x, y }));
    expect(smoothed(saw, 0)).toEqual(saw);
    const last = smoothed(saw, 0.9)[5].y;
    expect(last).toBeGreaterThan(0.4);
    expect(last).toBeLessThan(0.7);
  });

  it('are thinned to as many as are drawn, the last always', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => index);
    const kept = thin(many, 100);
    expect(kept.length).toBeLessThanOrEqual(101);
    expect(kept[kept.length - 1]).toBe(10_000);
  });
});

describe('the plot of several curves', () => {
  const curves = [
    { trial: 't0002', rows: ROWS, behind: false },
    { trial: 't0001', rows: ROWS, behind: true }
  ];

  it('draws what is behind first, and names each line at its end', () => {
    const { traces, layout } = curvesPlot(curves, USUAL, trans);
    expect(traces[0].name).toBe('t0001');
    expect(traces.map(trace => trace.name)).toContain('t0002 on held-out rows');
    const ends = layout.annotations as { text: string; x: number; y: number }[];
    expect(ends.map(end => [end.text, end.x, end.y])).toEqual([
      ['t0002', 3, 1],
      ['t0001', 3, 1]
    ]);
  });

  it('on a log axis puts the names where plotly looks for them', () => {
    const { layout } = curvesPlot(curves, { ...USUAL, log: true }, trans);
    expect(layout.yaxis).toMatchObject({ type: 'log' });
    expect((layout.annotations as { y: number }[])[0].y).toBe(0);
    const rates = { ...USUAL, quantity: 'learning_rate', log: true } as const;
    expect(curvesPlot(curves, rates, trans).layout.annotations).toEqual([]);
  });

  it('shows what was measured behind a smoothed line, and both kinds of loss in its table', () => {
    const { traces, table } = curvesPlot(curves, { ...USUAL, smoothing: 0.5 }, trans);
    expect(traces.filter(trace => trace.showlegend === false)).toHaveLength(2);
    expect(table.heads).toEqual(['Trial', 'Step', 'Loss', 'Of']);
    expect(new Set(table.rows.map(row => row[3]))).toEqual(
      new Set(['training rows', 'held-out rows'])
    );
    const only = curvesPlot(curves, { ...USUAL, training: false }, trans);
    expect(only.traces.every(trace => String(trace.name).endsWith('held-out rows'))).toBe(true);
  });
});

describe('the reader of a curve', () => {
  it('goes on where it stopped, and begins anew with a new training', async () => {
    const api = fakeApi();
    const reader = new CurveReader(api, 'c', 't0001');
    const parts = [
      { rows: [{ step: 1 }], next: 10, truncated: true },
      { rows: [{ step: 2 }], next: 20, truncated: false },
      { rows: [{ step: 1, loss: 9 }], next: 12, truncated: false }
    ];
    api.metrics.mockImplementation(async () => parts.shift()!);
    await Promise.all([reader.read(), reader.read()]);
    expect(reader.rows).toEqual([{ step: 1 }, { step: 2 }]);
    expect(api.metrics.mock.calls.map(call => call[2])).toEqual([0, 10]);
    await reader.read();
    expect(api.metrics).toHaveBeenLastCalledWith('c', 't0001', 20);
    expect(reader.rows).toEqual([{ step: 1, loss: 9 }]);
  });
});

/** Curves of some trials on the screen; each trial has `ROWS`. */
async function drawn(trials: string[]): Promise<{
  model: CurvesModel;
  api: ReturnType<typeof fakeApi>;
}> {
  const api = fakeApi();
  api.metrics.mockImplementation(async (_id, trial, after = 0) => ({
    rows: after > 0 || trial === 't0000' ? [] : ROWS,
    next: 500,
    truncated: false
  }));
  const store = fakeStore(api);
  await store.model('c').refresh();
  const model = new CurvesModel(store, 'c', trials, 't0002');
  await act(async () => {
    render(under(fakeFace(api, store), <Curves model={model} />));
  });
  return { model, api };
}

describe('curves on the screen', () => {
  it('are taken in and out, each with its name', async () => {
    const { model, api } = await drawn(['t0004', 't0002']);
    const list = screen.getByRole('list', { name: 'Trials whose curves are drawn' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(2);
    await act(async () => {
      fireEvent.change(screen.getByLabelText('Draw the curve of another trial, too'), {
        target: { value: 't0008' }
      });
    });
    expect(api.metrics).toHaveBeenCalledWith('c', 't0008', 0);
    expect(model.trials).toEqual(['t0004', 't0002', 't0008']);
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Take t0004 out of the plot' }));
    });
    expect(model.trials).toEqual(['t0002', 't0008']);
    model.dispose();
  });

  it('offer only trials that ever started, and no more than are told apart', async () => {
    const { model } = await drawn(['t0004']);
    const options = screen
      .getByLabelText('Draw the curve of another trial, too')
      .querySelectorAll('option');
    const nodes = sample<ICampaignView>('view_full').nodes;
    const never = nodes.filter(node => node.attempts === 0).map(node => node.trial);
    expect(never.length).toBeGreaterThan(0);
    expect([...options].filter(option => never.includes(option.value))).toEqual([]);
    await act(async () => model.choose(nodes.map(node => node.trial)));
    expect(model.trials).toHaveLength(MOST);
    expect(screen.queryByLabelText('Draw the curve of another trial, too')).toBeNull();
    model.dispose();
  });

  it('are smoothed, drawn over tokens and on a log axis by controls with names', async () => {
    const { model } = await drawn(['t0004']);
    fireEvent.change(screen.getByLabelText('Smoothing'), { target: { value: '0.6' } });
    fireEvent.change(screen.getByLabelText('What it is drawn over'), {
      target: { value: 'tokens' }
    });
    fireEvent.click(screen.getByLabelText('log axis'));
    fireEvent.click(screen.getByLabelText('training rows'));
    expect(model.settings).toEqual({
      ...USUAL,
      smoothing: 0.6,
      over: 'tokens',
      log: true,
      training: false
    });
    expect(screen.getByText('Loss by tokens trained on, smoothed by 0.60')).toBeTruthy();
    model.dispose();
  });

  it('of a trial without one say so', async () => {
    const { model } = await drawn(['t0000']);
    expect(screen.getByText('None of these trials has a training curve yet.')).toBeTruthy();
    model.dispose();
  });

  it('are read on while a trial of them runs and somebody looks', async () => {
    jest.useFakeTimers();
    try {
      const { model, api } = await drawn(['t0011']);
      const before = api.metrics.mock.calls.length;
      await act(async () => jest.advanceTimersByTimeAsync(7000));
      expect(api.metrics.mock.calls.length).toBeGreaterThan(before);
      cleanup();
      await jest.advanceTimersByTimeAsync(3000);
      const left = api.metrics.mock.calls.length;
      await jest.advanceTimersByTimeAsync(20_000);
      expect(api.metrics.mock.calls.length).toBe(left);
      model.dispose();
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('picks in the tree', () => {
  it('are made by Ctrl click and by Space, and are shown or compared together', async () => {
    const face = fakeFace();
    const shown = jest.fn();
    const compared = jest.fn();
    face.commands.addCommand(CommandIDs.curves, { execute: shown });
    face.commands.addCommand(CommandIDs.compare, { execute: compared });
    const model = face.store.model('c');
    await model.refresh();
    render(under(face, <SearchTree model={model} />));
    expect(screen.queryByText('2 picked')).toBeNull();
    fireEvent.click(screen.getByRole('treeitem', { name: /^t0004/ }), { ctrlKey: true });
    fireEvent.keyDown(screen.getByRole('tree'), { key: 'ArrowUp' });
    fireEvent.keyDown(screen.getByRole('tree'), { key: ' ' });
    expect(screen.getByText('2 picked')).toBeTruthy();
    expect(screen.getByRole('treeitem', { name: /^t0004/ }).getAttribute('aria-checked')).toBe(
      'true'
    );
    fireEvent.click(screen.getByRole('button', { name: 'Curves' }));
    fireEvent.click(screen.getByRole('button', { name: 'Compare' }));
    const [wanted] = shown.mock.calls[0];
    expect(wanted.campaign).toBe('c');
    expect(wanted.trials[0]).toBe('t0004');
    expect(wanted.trials).toHaveLength(2);
    expect(compared).toHaveBeenCalledWith(wanted);
    fireEvent.click(screen.getByRole('button', { name: 'Let go of the picked trials' }));
    expect(screen.getByRole('treeitem', { name: /^t0004/ }).hasAttribute('aria-checked')).toBe(
      false
    );
  });
});
