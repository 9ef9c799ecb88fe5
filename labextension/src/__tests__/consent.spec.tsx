import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { JupyterFrontEnd } from '@jupyterlab/application';
import { act } from 'react';
import React from 'react';
import { IApi } from '../api/client';
import { ICampaign, ICampaignList, ICampaignView, ICard, IConsent } from '../api/documents';
import { ProposalCard } from '../card/card';
import { CardModel } from '../card/model';
import { CommandIDs } from '../commands';
import { CampaignState } from '../explorer/header';
import { StatusItem } from '../explorer/status';
import { IFace } from '../face';
import { campaignPlugin } from '../plugins/campaign';
import { fakeApi, fakeFace, sample, under } from './fake';

const WHY = 't0012 holds cells that a model wrote, and nothing isolates them here (<b>bwrap</b>).';
const ASKED: IConsent = { waited_for: true, given_by: '', why: WHY, isolation: 'install it' };
const GIVEN: IConsent = { waited_for: false, given_by: 'person:ada', why: '', isolation: '' };

/** A server whose campaign waits for consent, until it is given. */
function asking(): jest.Mocked<IApi> {
  const api = fakeApi();
  let consent = ASKED;
  const changes = (): Partial<ICampaign> =>
    consent.waited_for
      ? { consent, phase: 'paused', waits_for: 'consent', reason: WHY }
      : { consent, phase: 'running', waits_for: '', reason: '' };
  api.campaign.mockImplementation(async () => {
    const full = sample<ICampaignView>('view_full');
    return { ...full, campaign: { ...full.campaign, ...changes() } };
  });
  api.campaigns.mockImplementation(async () => {
    const list = sample<ICampaignList>('campaigns');
    list.campaigns[0] = { ...list.campaigns[0], waits_for: changes().waits_for ?? '' };
    return list;
  });
  api.act.mockImplementation(async () => {
    consent = GIVEN;
    return { seq: 200 };
  });
  return api;
}

async function faceOf(api: jest.Mocked<IApi>): Promise<{ face: IFace; campaign: string }> {
  const face = fakeFace(api);
  await face.store.refresh();
  void campaignPlugin.activate({ commands: face.commands } as JupyterFrontEnd, face);
  return { face, campaign: face.store.campaigns[0].id };
}

const settle = async (): Promise<void> => {
  await act(async () => {
    await new Promise(done => setTimeout(done, 50));
  });
};
const dialogs = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.jp-Dialog')];
/** A button of the dialog; the browser of the tests draws none, and takes it for hidden. */
const choice = (name: string): HTMLElement => screen.getByRole('button', { name, hidden: true });

afterEach(async () => {
  cleanup();
  dialogs().forEach(() => fireEvent.click(choice('Not now')));
  await settle();
});

describe('a campaign that waits for consent', () => {
  it('says so and why in the side bar, and markup in it stays text', async () => {
    const { face, campaign } = await faceOf(asking());
    const model = face.store.model(campaign);
    await act(() => model.refresh());
    render(under(face, <CampaignState model={model} />));
    const told = screen.getByText('Waits for your consent.').parentElement!;
    expect(told.textContent).toContain(WHY);
    expect(told.querySelector('b')).toBeNull();
    expect(screen.getByText('paused: waits for your consent')).toBeTruthy();
  });

  it('says so on the card of a trial that is held up by it, and on no other', async () => {
    const api = asking();
    const { face } = await faceOf(api);
    for (const [status, count] of [
      ['accepted', 1],
      ['scored', 0]
    ] as const) {
      const card = { ...sample<ICard>('card_finished'), status };
      api.card.mockResolvedValue(card);
      const model = new CardModel(face.store, card.campaign.folder, card.trial, { card });
      const { unmount } = render(
        under(face, <ProposalCard model={model} onInsert={() => undefined} />)
      );
      await act(() => model.load());
      await settle();
      expect(screen.queryAllByText('Waits for your consent.')).toHaveLength(count);
      unmount();
      model.dispose();
    }
  });

  it('is answered in one dialog, once, and the answer goes to the server', async () => {
    const api = asking();
    const { face, campaign } = await faceOf(api);
    const model = face.store.model(campaign);
    await act(() => model.refresh());
    render(under(face, <CampaignState model={model} />));
    fireEvent.click(screen.getByRole('button', { name: 'Decide…' }));
    fireEvent.click(screen.getByRole('button', { name: 'Decide…' }));
    await settle();
    expect(dialogs()).toHaveLength(1);
    expect(dialogs()[0].textContent).toContain(WHY);
    expect(dialogs()[0].textContent).toContain('install it');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Not now'));
    fireEvent.click(choice('Allow for this campaign'));
    await settle();
    expect(api.act.mock.calls).toEqual([[campaign, { action: 'allow_unisolated' }]]);
    expect(screen.queryByText('Waits for your consent.')).toBeNull();
    await act(() => face.commands.execute(CommandIDs.allowUnisolated, { campaign }));
    await settle();
    expect(dialogs()).toHaveLength(0);
  });

  it('goes on waiting where the person says not now', async () => {
    const api = asking();
    const { face, campaign } = await faceOf(api);
    void face.commands.execute(CommandIDs.allowUnisolated, { campaign });
    await settle();
    fireEvent.click(choice('Not now'));
    await settle();
    expect(api.act).not.toHaveBeenCalled();
    void face.commands.execute(CommandIDs.allowUnisolated, { campaign });
    await settle();
    expect(dialogs()).toHaveLength(1);
  });

  it('has a command that can be run only while it waits', async () => {
    const { face, campaign } = await faceOf(asking());
    const enabled = (): boolean =>
      face.commands.isEnabled(CommandIDs.allowUnisolated, { campaign });
    expect(enabled()).toBe(true);
    await face.store.ask(campaign, { action: 'allow_unisolated' });
    await face.store.refresh();
    expect(enabled()).toBe(false);
  });

  it('stands in the status bar, which leads to the dialog', async () => {
    const { face } = await faceOf(asking());
    render(under(face, <StatusItem />));
    fireEvent.click(screen.getByRole('button', { name: /waits for your consent/ }));
    await settle();
    expect(dialogs()).toHaveLength(1);
  });
});
