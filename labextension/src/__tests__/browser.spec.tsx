import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { IRowsPage, ITrialPage, IUsage } from '../api/documents';
import { Browser } from '../trial/browser';
import { PAGE, RowsModel } from '../trial/rows_model';
import { SystemCurves, stagesOf, usageCurves, usageTable } from '../trial/usage';
import { fakeApi, fakeFace, fakeStore, sample, under } from './fake';

const trans = nullTranslator.load('ftassist');
afterEach(cleanup);

/** A server with very many rows; asks are counted. */
function manyRows(total: number): ReturnType<typeof fakeApi> {
  const api = fakeApi();
  const [first] = sample<IRowsPage>('rows_page').rows;
  api.rows.mockImplementation(async (_id, _trial, start) => ({
    ...sample<IRowsPage>('rows_page'),
    start,
    found: total,
    total,
    rows: Array.from({ length: Math.min(PAGE, total - start) }, (_, index) => ({
      ...first,
      row: start + index + 1
    }))
  }));
  api.tokens.mockImplementation(async (_id, trial, rows) => ({
    schema: 'ftassist/rows-tokens/1',
    trial,
    rows: rows.map(row => ({
      row,
      tokens: 3,
      trained: 1,
      pieces: [
        { text: '<b>ask', trained: false },
        { text: 'answer\n', trained: true }
      ],
      problem: ''
    }))
  }));
  return api;
}

async function drawn(api: ReturnType<typeof fakeApi>): Promise<RowsModel> {
  const store = fakeStore(api);
  const model = new RowsModel(store, 'c', 't0004', 0);
  const page = sample<ITrialPage>('trial_scored');
  await model.load();
  await act(async () => {
    render(under(fakeFace(api, store), <Browser model={model} page={page} />));
  });
  return model;
}

const lines = (): HTMLElement[] =>
  within(screen.getByRole('listbox', { name: 'Training rows' })).getAllByRole('option');

describe('the browser of training rows', () => {
  it('draws and asks for what is in sight only, of a hundred thousand rows', async () => {
    const api = manyRows(100_000);
    await drawn(api);
    expect(lines().length).toBeLessThan(100);
    expect(api.rows.mock.calls.length).toBeLessThan(4);
    const list = screen.getByRole('listbox', { name: 'Training rows' });
    await act(async () => {
      fireEvent.keyDown(list, { key: 'End' });
    });
    expect(screen.getByText(/^row 100000 · /)).toBeTruthy();
    expect(api.rows.mock.calls.length).toBeLessThan(8);
  });

  it('shows the chosen row whole, why it is there, and markup in it as text', async () => {
    const api = fakeApi();
    const page = sample<IRowsPage>('rows_page');
    await drawn(api);
    const place = page.rows.findIndex(row => row.why.length > 0);
    await act(async () => {
      fireEvent.click(lines()[place]);
    });
    const chosen = screen.getByRole('region', { name: 'The chosen row' });
    expect(within(chosen).getByText(page.rows[place].why[0])).toBeTruthy();
    expect(within(chosen).getByText(/<script>alert/)).toBeTruthy();
    expect(document.querySelector('script')).toBeNull();
    expect(screen.getByText(/^Each of these rows was kept by: load/)).toBeTruthy();
  });

  it('marks what of a row is inside the loss', async () => {
    await drawn(manyRows(3));
    await act(async () => {
      fireEvent.click(lines()[1]);
    });
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Show tokens' }));
    });
    expect(screen.getByText('answer↵', { exact: false }).tagName).toBe('MARK');
    expect(screen.getByText('<b>ask').tagName).toBe('SPAN');
    expect(screen.getByText(/^3 tokens, 1 of them inside the loss/)).toBeTruthy();
  });

  it('asks for other words and sources, and forgets answers to older filters', async () => {
    const api = manyRows(60);
    const model = await drawn(api);
    let late: (page: IRowsPage) => void = () => undefined;
    const slow = sample<IRowsPage>('rows_page');
    api.rows.mockImplementationOnce(() => new Promise(resolve => (late = resolve)));
    const first = model.load();
    await act(async () => {
      fireEvent.change(screen.getByLabelText('Filter training rows by words'), {
        target: { value: 'seven' }
      });
      await new Promise(resolve => setTimeout(resolve, 5));
    });
    expect(api.rows).toHaveBeenLastCalledWith('c', 't0004', 0, { text: 'seven', source: '' });
    late({ ...slow, found: 7777 });
    await first;
    expect(model.head!.found).toBe(60);
    model.dispose();
  });

  it('says why there is none', async () => {
    const api = fakeApi();
    api.rows.mockResolvedValue({
      ...sample<IRowsPage>('rows_page'),
      rows: [],
      found: 0,
      withheld: 'some rows repeat evaluation items, so that none is shown'
    });
    await drawn(api);
    expect(screen.getByText(/^No row is shown: some rows repeat/)).toBeTruthy();
    expect(screen.queryByRole('listbox')).toBeNull();
  });
});

describe('what a trial used', () => {
  it('is drawn in small curves over its stages, with its numbers in a table', async () => {
    const api = fakeApi();
    await act(async () => {
      render(under(fakeFace(api), <SystemCurves page={sample('trial_scored')} campaign="c" />));
    });
    expect(screen.getByRole('img', { name: /^Processors: at most 1.0 of 2/ })).toBeTruthy();
    expect(screen.getByRole('img', { name: /^Memory: at most 640 MB of 2.0 GB/ })).toBeTruthy();
    expect(screen.queryByText('GPU memory')).toBeNull();
    const table = usageTable(sample<IUsage>('usage'), trans);
    expect(table.rows).toHaveLength(40);
  });

  it('has its GPU where there is one', () => {
    const usage = sample<IUsage>('usage');
    usage.gpu = 'A card';
    usage.gpu_memory_mb = 16384;
    usage.samples.forEach((each, index) => {
      each.gpu_memory_mb = 100 * index;
      each.gpu_share = index === 0 ? null : 0.5;
    });
    const curves = usageCurves(usage, trans);
    expect(curves.map(curve => curve.name)).toEqual([
      'Processors',
      'Memory',
      'GPU memory',
      'GPU in use'
    ]);
    expect(curves[3].points).toHaveLength(39);
    expect(curves[2].label).toBe(
      'GPU memory: at most 3.8 GB of 16.0 GB, 3.8 GB of 16.0 GB at the end'
    );
  });

  it('knows where one stage gave way to the next', () => {
    const { samples } = sample<IUsage>('usage');
    expect(stagesOf(samples).map(span => [span.name, span.from, span.to])).toEqual([
      ['curate', 0, 4],
      ['train', 4, 30],
      ['evaluate', 30, 40]
    ]);
  });
});
