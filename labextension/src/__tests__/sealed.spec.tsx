import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { ICampaignView, IOpening } from '../api/documents';
import { Finish } from '../explorer/finish';
import { ReportPage } from '../report/page';
import { TestBody } from '../sealed/body';
import { TestOpening } from '../sealed/model';
import { fakeApi, fakeFace, fakeStore, sample, under } from './fake';

const trans = nullTranslator.load('ftassist');
const SCORING: IOpening = {
  schema: 'ftassist/opening/1',
  trial: 't0004',
  phase: 'scoring',
  steps: ['scoring t0004 on the test split'],
  sentence: '',
  error: null
};
afterEach(cleanup);

/** A campaign whose test split was opened as often as told, never where not. */
function viewed(change: Partial<ICampaignView['campaign']>): ReturnType<typeof fakeApi> {
  const api = fakeApi();
  const view = sample<ICampaignView>('view_full');
  view.campaign = { ...view.campaign, ...change };
  api.campaign.mockImplementation(async () => view);
  return api;
}

async function drawn(api: ReturnType<typeof fakeApi>): Promise<TestOpening> {
  const store = fakeStore(api);
  await store.model('c').refresh();
  const model = new TestOpening(store, 'c', null, trans, 0);
  render(<TestBody model={model} trans={trans} />);
  return model;
}

describe('the sealed test', () => {
  it('is opened once, for the best trial where nobody says another, and told in the dialog', async () => {
    const api = viewed({ openings: [], tests: {}, finalist: null });
    api.openTest.mockImplementation(async () => SCORING);
    const tests = sample<ICampaignView>('view_full').campaign.tests;
    api.opening.mockImplementation(async () => ({ ...SCORING, phase: 'done' as const }));
    const model = await drawn(api);
    expect(screen.getByText('The search is not over.', { exact: false })).toBeTruthy();
    expect(document.querySelector('code')!.textContent).toBe('ftassist final t0004 --campaign .');
    api.campaign.mockImplementation(async () => {
      const view = sample<ICampaignView>('view_full');
      return { ...view, campaign: { ...view.campaign, tests } };
    });
    await act(() => model.begin());
    expect(api.openTest).toHaveBeenCalledWith('c', { trial: 't0004' });
    expect(document.querySelector('.jp-ft-Export-outcome')!.textContent).toContain(
      'on the sealed test split, t0004 is better than the base model'
    );
    expect(model.ready).toBe(false);
    expect(screen.queryByRole('checkbox')).toBeNull(); // the opening just made is no earlier one
    expect(document.querySelector('code')!.textContent).not.toContain('--again');
  });

  it('is opened a second time only by who says to know what that is', async () => {
    const api = viewed({});
    api.openTest.mockImplementation(async () => SCORING);
    api.opening.mockImplementation(async () => null);
    const model = await drawn(api);
    expect(model.ready).toBe(false);
    await act(() => model.begin());
    expect(api.openTest).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole('checkbox'));
    expect(document.querySelector('code')!.textContent).toContain('--again');
    await act(() => model.begin());
    expect(api.openTest).toHaveBeenCalledWith('c', { trial: model.trial, again: true });
  });

  it('that was cut short is gone on with, and is no second look', async () => {
    const model = await drawn(viewed({ openings: [{ trial: 't0002' }], tests: {} }));
    expect([model.trial, model.second, model.ready]).toEqual(['t0002', false, true]);
  });

  it('stands in the side bar once it was opened, in the place of the button', async () => {
    const api = viewed({});
    const face = fakeFace(api);
    const model = face.store.model('c');
    await model.refresh();
    render(under(face, <Finish model={model} campaign={model.campaign!} />));
    expect(screen.getByText(/^sealed test 0\.76 \[/)).toBeTruthy();
    expect(screen.queryByText('Open the sealed test…')).toBeNull();
    cleanup();
    const campaign = { ...model.campaign!, openings: [], tests: {} };
    render(under(face, <Finish model={model} campaign={campaign} />));
    expect(screen.getByText('Open the sealed test…')).toBeTruthy();
  });
});

describe('the report', () => {
  it('runs nothing, and is written anew when the campaign has moved', async () => {
    let pages = 0;
    URL.createObjectURL = jest.fn(() => `blob:page-${(pages += 1)}`);
    URL.revokeObjectURL = jest.fn();
    const api = fakeApi();
    let seq = 7;
    api.report.mockImplementation(async () => ({
      schema: '',
      id: 'c',
      seq,
      html: `<p>${seq}</p>`
    }));
    const face = fakeFace(api);
    const page = new ReportPage(face, 'c', 0);
    const frame = page.node.querySelector('iframe')!;
    expect(frame.getAttribute('sandbox')).toBe('allow-same-origin allow-modals');
    await waitFor(() => expect(frame.src).toBe('blob:page-1'));
    await act(() => page.read());
    expect(pages).toBe(1);
    seq = 8;
    await waitFor(async () => {
      await page.read();
      expect(frame.src).toBe('blob:page-2');
    });
    expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:page-1');
    api.report.mockRejectedValue(new Error('away <b>'));
    await waitFor(async () => {
      await page.read();
      expect(page.node.querySelector('[role=status]')!.textContent).toContain('away <b>');
    });
    page.dispose();
  });
});
