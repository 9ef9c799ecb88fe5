import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { nullTranslator } from '@jupyterlab/translation';
import { IApi } from '../api/client';
import { ICampaign, ICampaignView, ICard, IThinking } from '../api/documents';
import { ApiError } from '../api/errors';
import { mayThink, thinkingText } from '../agent/working';
import { ProposalCard } from '../card/card';
import { CardModel } from '../card/model';
import { CommandIDs } from '../commands';
import { CampaignState } from '../explorer/header';
import { ThinkingModel } from '../store/thinking';
import { fakeApi, fakeFace, node, sample, under } from './fake';

afterEach(cleanup);

const ASKED = { seq: 900, parent: null, beside: null, count: 1, words: '', cancelling: false };
const CALL: IThinking = {
  purpose: 'propose',
  model: 'some-model',
  phase: 'thinking',
  tail: 'rows <b>that</b> show their work',
  tokens: 1340,
  cost: 0.0213,
  seconds: 12,
  cancelling: false
};

/** The sample campaign with some things changed, and perhaps one more proposal. */
function view(changes: Partial<ICampaign>, made = false): ICampaignView {
  const full = sample<ICampaignView>('view_full');
  const fresh = node('t0099', 't0004', { status: 'proposed', created: 2e9, title: 'the next' });
  return {
    ...full,
    campaign: { ...full.campaign, ...changes },
    nodes: made ? [...full.nodes, fresh] : full.nodes
  };
}

/** A finished card; `show` lets the journal move on. */
async function draw(api: jest.Mocked<IApi> = fakeApi('card_finished')): Promise<{
  api: jest.Mocked<IApi>;
  opened: jest.Mock;
  show: (changes: Partial<ICampaign>, made?: boolean) => Promise<void>;
}> {
  const face = fakeFace(api);
  const opened = jest.fn();
  face.commands.addCommand(CommandIDs.openTrial, { execute: opened });
  const card = sample<ICard>('card_finished');
  const model = new CardModel(face.store, card.campaign.folder, card.trial, { card });
  render(under(face, <ProposalCard model={model} onInsert={() => undefined} />));
  await act(() => model.load());
  const show = async (changes: Partial<ICampaign>, made = false): Promise<void> => {
    api.campaign.mockResolvedValueOnce(view(changes, made));
    const campaign = face.store.model(model.campaign!);
    await act(() => campaign.refresh());
    // As the poll does; a test waits for no clock.
    await act(() => campaign.thinking.read());
  };
  return { api, opened, show };
}

const button = (name: string): HTMLButtonElement => screen.getByRole('button', { name });

describe('Propose next', () => {
  it('asks, shows the agent at work, then leads to the proposal', async () => {
    const { api, opened, show } = await draw();
    api.thinking.mockResolvedValue({ thinking: CALL, runner_alive: false, running: [] });
    await act(async () => fireEvent.click(button('Propose next')));
    expect(api.act.mock.calls[0][1]).toEqual({ action: 'propose' });
    await show({ asked: ASKED });
    expect(screen.queryByRole('button', { name: 'Propose next' })).toBeNull();
    expect(screen.getByText('The agent is thinking of a trial')).toBeTruthy();
    expect(screen.getByText(/about 1.340 tokens · about 0\.021 \$/)).toBeTruthy();
    await show({ asked: null, asked_made: 't0099' }, true);
    fireEvent.click(button('Review t0099'));
    expect(opened.mock.calls[0][0]).toMatchObject({ trial: 't0099' });
    expect(button('Propose next').disabled).toBe(false);
  });

  it('shows the same where another tab asked', async () => {
    const { show } = await draw();
    await show({ asked: ASKED });
    expect(screen.getByRole('group', { name: 'The agent at work' })).toBeTruthy();
  });

  it('can be cancelled, and says so until the journal does', async () => {
    const { api, show } = await draw();
    await show({ asked: ASKED });
    api.campaign.mockResolvedValueOnce(view({ asked: { ...ASKED, cancelling: true } }));
    await act(async () => fireEvent.click(button('Cancel')));
    expect(api.act.mock.calls[0][1]).toEqual({ action: 'cancel' });
    expect(button('Cancelling…').disabled).toBe(true);
    await show({
      asked: null,
      asked_failed: 'the call was cancelled',
      asked_failure: 'cancelled'
    });
    expect(screen.getByText('The last wish for a proposal was cancelled.')).toBeTruthy();
    expect(button('Ask again')).toBeTruthy();
  });

  it('says why there is no proposal', async () => {
    const { show } = await draw();
    await show({ asked: null, asked_failed: 'no other idea <i>', asked_failure: 'ideas' });
    expect(screen.getByText('The agent made no proposal: no other idea <i>')).toBeTruthy();
  });

  it('says that a service is waited for, in the place of a failure', async () => {
    const { show } = await draw();
    await show({
      asked: null,
      asked_failed: 'the service is overloaded (529)',
      asked_failure: 'outage',
      outage: { since: 1000, tries: 3, again: 1300, until: 4600 }
    });
    expect(
      screen.getByText(/Waiting for the agent’s service.*asked 3 times in vain/)
    ).toBeTruthy();
    expect(screen.queryByText(/The agent made no proposal/)).toBeNull();
  });

  it('says at once what the server refuses, and can be pressed again', async () => {
    const { api } = await draw();
    api.act.mockRejectedValueOnce(new ApiError(400, 'the campaign is paused', 'c', 'resume it'));
    await act(async () => fireEvent.click(button('Propose next')));
    expect(screen.getByText(/the campaign is paused/)).toBeTruthy();
    expect(button('Propose next').disabled).toBe(false);
  });
});

describe('the call of an agent', () => {
  it('is known only while somebody looks, once for all who do', async () => {
    const api = fakeApi();
    api.thinking.mockResolvedValue({ thinking: CALL, runner_alive: false, running: [] });
    const model = new ThinkingModel('x', api);
    await model.read();
    expect(model.thinking).toBeNull();
    const [one, other] = [model.watch(), model.watch()];
    await model.read();
    one.dispose();
    expect(model.thinking).toEqual(CALL);
    other.dispose();
    expect(model.thinking).toBeNull();
  });
});

describe('the head of the explorer', () => {
  it('shows the agent at work; what it writes stays text', async () => {
    const api = fakeApi();
    api.campaign.mockResolvedValue(view({ asked: ASKED }));
    api.thinking.mockResolvedValue({ thinking: CALL, runner_alive: false, running: [] });
    const face = fakeFace(api);
    const model = face.store.model('x');
    await act(() => model.refresh());
    render(under(face, <CampaignState model={model} />));
    await act(() => model.thinking.read());
    expect(screen.getByText(/rows <b>that<\/b> show their work/)).toBeTruthy();
    expect(button('Cancel')).toBeTruthy();
  });

  it('asks for calls of a model only, and only while there is a runner', () => {
    const { campaign } = view({});
    const alone = { ...campaign, phase: 'running', runner_alive: true, asked: null };
    const settings = { backend: 'anthropic' };
    expect(mayThink({ ...alone, settings })).toBe(true);
    expect(mayThink({ ...alone, settings: { backend: 'playbook' } })).toBe(false);
    expect(mayThink({ ...alone, settings, runner_alive: false })).toBe(false);
    expect(mayThink({ ...alone, settings: { backend: 'playbook' }, asked: ASKED })).toBe(true);
  });
});

describe('a call in words', () => {
  it('leaves out what is not known yet', () => {
    const trans = nullTranslator.load('ftassist');
    const begun = { ...CALL, phase: 'waiting', tokens: 0, cost: 0, seconds: 0.5 };
    expect(thinkingText(begun, trans)).toBe('waiting for the first word · 0.5 s · some-model');
  });
});
