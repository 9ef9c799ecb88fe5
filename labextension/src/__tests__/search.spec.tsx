import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { IApi } from '../api/client';
import { IKnobs, IWhatIf } from '../api/documents';
import { CommandIDs } from '../commands';
import { SearchNow } from '../explorer/outlook';
import { SearchTree } from '../explorer/tree';
import { parallelPlot, worthPlot } from '../search/knobs';
import { WhatIfView } from '../search/page';
import { CampaignModel } from '../store/campaign';
import { OutlookModel } from '../store/outlook';
import { InTheSearch } from '../trial/search';
import { fakeApi, fakeFace, fakeStore, node, sample, under } from './fake';

const KNOBS: IKnobs = {
  schema: 'ftassist/knobs/1',
  trials: ['t0001', 't0002', 't0003'],
  scores: [0.2, 0.8, 0.5],
  axes: [
    { name: 'learning_rate', log: true, values: [1e-4, 1e-3, 1e-2] },
    { name: 'epochs', log: false, values: [2, 2, 2] }
  ],
  worths: [{ name: 'learning_rate', share: 0.8, low: 0.3, high: 1 }],
  why_not: ''
};
const trans = fakeFace().trans;
const settle = (): Promise<void> => act(async () => undefined);

/** The sample with a tied set. */
function tied(): IWhatIf {
  return {
    ...sample<IWhatIf>('what_if'),
    tied: ['t0004', 't0008'],
    tied_sentence: 't0004 cannot be told apart from t0008 for the first place; t0004 is the best.'
  };
}

async function modelOf(api: jest.Mocked<IApi>): Promise<CampaignModel> {
  const model = new CampaignModel('x', api);
  await model.refresh();
  return model;
}

describe('the outlook of a campaign', () => {
  it('is read only while somebody looks, and again when a trial got a score', async () => {
    const api = fakeApi();
    const outlook = new OutlookModel('x', api);
    outlook.moved([node('t0000', null)]);
    expect(api.whatIf).not.toHaveBeenCalled();
    const watch = outlook.watch();
    await settle();
    outlook.moved([node('t0000', null)]);
    await settle();
    expect(api.whatIf).toHaveBeenCalledTimes(1);
    outlook.moved([node('t0000', null), node('t0001', 't0000')]);
    await settle();
    expect(api.whatIf).toHaveBeenCalledTimes(2);
    watch.dispose();
    outlook.moved([node('t0000', null)]);
    await settle();
    expect(api.whatIf).toHaveBeenCalledTimes(2);
  });

  it('keeps what was known when it cannot be read, and says why', async () => {
    const api = fakeApi();
    const outlook = new OutlookModel('x', api);
    outlook.moved([node('t0000', null)]);
    outlook.watch();
    await settle();
    api.whatIf.mockRejectedValueOnce(new Error('away'));
    outlook.moved([]);
    await settle();
    expect(outlook.problem).toContain('away');
    expect(outlook.belief('t0004')).not.toBeNull();
  });
});

describe('the side bar', () => {
  it('shows posterior mean, interval and visits of scored trials in the tree', async () => {
    const api = fakeApi();
    const model = await modelOf(api);
    render(under(fakeFace(api), <SearchTree model={model} />));
    await settle();
    const best = screen.getByText('t0004').closest('[role=treeitem]')!;
    expect(best.textContent).toMatch(/posterior 0\.\d\d \[0\.\d\d,\s0\.\d\d\] · visits 7/);
    expect(best.getAttribute('title')).toContain('has the highest shrunken score');
  });

  it('shows what is believed on one line, in a narrow bar without the visits', async () => {
    const api = fakeApi();
    const model = await modelOf(api);
    const box = jest.spyOn(HTMLElement.prototype, 'getBoundingClientRect');
    const detail = async (pixels: number): Promise<HTMLElement> => {
      box.mockReturnValue({ width: pixels } as DOMRect);
      const { container } = render(under(fakeFace(api), <SearchTree model={model} />));
      await settle();
      return container.querySelector<HTMLElement>('[data-trial=t0004] .jp-ft-TreeRow-detail')!;
    };
    const narrow = await detail(300);
    expect(narrow.textContent).toMatch(/^posterior 0\.\d\d \[0\.\d\d,\u00a00\.\d\d\]$/);
    const row = narrow.closest('[role=treeitem]')!;
    expect(row.getAttribute('title')).toContain('visits 7');
    expect(row.getAttribute('aria-label')).toContain('visits 7');
    expect((await detail(420)).textContent).toContain('visits 7');
    box.mockRestore();
  });

  it('names a tied set instead of one winner, and opens the page that looks ahead', async () => {
    const api = fakeApi();
    api.whatIf.mockImplementation(async () => tied());
    const model = await modelOf(api);
    const face = fakeFace(api);
    const opened = jest.fn();
    face.commands.addCommand(CommandIDs.whatIf, { execute: opened });
    render(under(face, <SearchNow model={model} />));
    await settle();
    expect(screen.getByText(/t0004 cannot be told apart from t0008/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'What if' }));
    expect(opened).toHaveBeenCalledWith({ campaign: 'x' });
  });

  it('says nothing of the search before the base is scored', async () => {
    const api = fakeApi();
    api.whatIf.mockImplementation(async () => ({ ...tied(), recommended: null, next: [] }));
    const model = await modelOf(api);
    const { container } = render(under(fakeFace(api), <SearchNow model={model} />));
    await settle();
    expect(container.textContent).toBe('');
  });
});

describe('the page of a trial', () => {
  it('says what is believed of it, who it is tied with and what comes next', async () => {
    const api = fakeApi();
    api.whatIf.mockImplementation(async () => tied());
    const store = fakeStore(api);
    await store.model('x').refresh();
    const page = { ...sample<object>('trial_scored') } as never;
    render(under(fakeFace(api, store), <InTheSearch campaign="x" page={page} />));
    await waitFor(() => screen.getByText('In the search'));
    expect(screen.getByText(/^0\.\d\d \[0\.\d\d, 0\.\d\d\]$/)).toBeTruthy();
    expect(screen.getByText(/cannot be told apart/)).toBeTruthy();
    expect(screen.getByText(/^Not the runner-up: /)).toBeTruthy();
  });
});

describe('the what-if page', () => {
  it('shows reasons and the runner-up, and asks another policy when one is chosen', async () => {
    const api = fakeApi();
    const model = await modelOf(api);
    render(under(fakeFace(api), <WhatIfView model={model} />));
    await settle();
    await settle();
    expect(screen.getByRole('list', { name: 'What greedy would do next' })).toBeTruthy();
    expect(screen.getAllByText(/^Not the runner-up: /)).toHaveLength(1);
    expect(screen.getByText(/one more seed of each would make that/)).toBeTruthy();
    fireEvent.change(screen.getByLabelText('compare with'), { target: { value: 'uct' } });
    await settle();
    expect(api.whatIf).toHaveBeenLastCalledWith('x', 1, 'uct');
    expect(screen.getByRole('region', { name: 'uct' })).toBeTruthy();
  });

  it('says why a policy cannot be asked', async () => {
    const api = fakeApi();
    const model = await modelOf(api);
    render(under(fakeFace(api), <WhatIfView model={model} />));
    await settle();
    await settle();
    api.whatIf.mockRejectedValueOnce(new Error('the optimiser is not installed'));
    fireEvent.change(screen.getByLabelText('compare with'), { target: { value: 'tpe' } });
    await settle();
    expect(screen.getByRole('alert').textContent).toContain('not installed');
  });
});

describe('the numbers of trials', () => {
  const plot = parallelPlot(KNOBS, { name: 'accuracy', higher_is_better: true }, trans);

  it('are a line a trial, the best one last and marked, rates by orders of magnitude', () => {
    expect(plot.traces.map(trace => trace.name)).toEqual(['t0001', 't0003', 't0002']);
    expect(plot.traces[2]).toMatchObject({ mode: 'lines+markers', y: [0.5, 1] });
    expect(plot.label).toContain('t0002');
  });

  it('leave out of the drawing, not of the table, what never varied', () => {
    expect((plot.layout.xaxis as { ticktext: string[] }).ticktext).toEqual([
      'learning rate',
      'accuracy'
    ]);
    expect(plot.table.heads).toEqual(['Trial', 'learning rate', 'epochs', 'accuracy']);
    expect(plot.table.rows[0]).toEqual(['t0002', '0.001', '2', '0.800']);
  });

  it('call the lowest score the best where lower is better', () => {
    const losses = parallelPlot(KNOBS, { name: 'loss', higher_is_better: false }, trans);
    expect(losses.label).toContain('thick line is t0001');
  });

  it('have a worth with its uncertainty', () => {
    const worth = worthPlot(KNOBS, trans);
    expect(worth.table.rows).toEqual([['learning rate', '80 %', '30 % to 100 %']]);
    const [{ error_x: error }] = worth.traces as { error_x: { array: number[] } }[];
    expect(error.array[0]).toBeCloseTo(0.2);
  });
});
