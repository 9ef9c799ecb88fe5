import { JupyterFrontEnd } from '@jupyterlab/application';
import { showDialog } from '@jupyterlab/apputils';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { readFileSync } from 'fs';
import { resolve } from 'path';
import { act } from 'react';
import React from 'react';
import { AgentWorking } from '../agent/working';
import { LONGEST_WISH } from '../agent/wish_dialog';
import { IApi } from '../api/client';
import { ICampaignView, ICard } from '../api/documents';
import { ApiError } from '../api/errors';
import { ProposalCard } from '../card/card';
import { CardModel } from '../card/model';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { wishPlugin } from '../plugins/wish';
import { fakeApi, fakeFace, sample, under } from './fake';

jest.mock('@jupyterlab/apputils', () => ({
  ...jest.requireActual<object>('@jupyterlab/apputils'),
  showDialog: jest.fn()
}));

afterEach(() => {
  cleanup();
  jest.mocked(showDialog).mockReset();
});

/** A face whose commands are those of the plugin. */
function face(api: jest.Mocked<IApi>): IFace {
  const made = fakeFace(api);
  const app = { commands: made.commands } as unknown as JupyterFrontEnd;
  void wishPlugin.activate(app, made);
  return made;
}

const field = (): HTMLInputElement =>
  screen.getByRole('textbox', { name: 'What should it be about?' });

/** The next dialog: what stands in it is seen, then a wish is typed, or it is cancelled. */
function nextDialog(wish: string | null, see: () => void = () => undefined): void {
  jest.mocked(showDialog).mockImplementationOnce(async ({ body } = {}) => {
    const { unmount } = render((body as unknown as { render(): JSX.Element }).render());
    see();
    if (wish !== null) {
      fireEvent.change(field(), { target: { value: wish } });
    }
    unmount();
    return { button: { accept: wish !== null } } as Awaited<ReturnType<typeof showDialog>>;
  });
}

describe('a wish in words', () => {
  it('goes with the question for the next proposal', async () => {
    const api = fakeApi();
    nextDialog('  a lower learning rate ');
    await face(api).commands.execute(CommandIDs.proposeFor, { campaign: 'x' });
    expect(api.act.mock.calls).toEqual([
      ['x', { action: 'propose', wish: 'a lower learning rate' }]
    ]);
  });

  it('is none where nothing was typed, and nothing is asked where it was cancelled', async () => {
    const api = fakeApi();
    const { commands } = face(api);
    nextDialog(' ');
    await commands.execute(CommandIDs.proposeFor, { campaign: 'x', trial: 't0002' });
    nextDialog(null);
    await commands.execute(CommandIDs.proposeFor, { campaign: 'x' });
    expect(api.act.mock.calls).toEqual([['x', { action: 'propose', trial: 't0002' }]]);
  });

  it('that the server refuses stands there again, with why', async () => {
    const api = fakeApi();
    api.act.mockRejectedValueOnce(new ApiError(400, 'the campaign is paused', 'c', 'resume it'));
    let [why, typed] = ['', ''];
    nextDialog('more <b>epochs</b>');
    nextDialog(null, () => {
      why = screen.getByRole('alert').textContent ?? '';
      typed = field().value;
    });
    await face(api).commands.execute(CommandIDs.proposeFor, { campaign: 'x' });
    expect(why).toMatch(/the campaign is paused.*resume it/i);
    expect(typed).toBe('more <b>epochs</b>');
  });

  it('is as long as the server takes it, and says what is left', async () => {
    const api = readFileSync(
      resolve(__dirname, '../../../src/ftassist/server/openapi.yaml'),
      'utf-8'
    );
    expect(api).toContain(`wish: {type: string, maxLength: ${LONGEST_WISH}, `);
    nextDialog(null, () => {
      expect(field().maxLength).toBe(LONGEST_WISH);
      expect(screen.queryByText(/characters left/)).toBeNull();
      fireEvent.change(field(), { target: { value: 'x'.repeat(LONGEST_WISH - 12) } });
      expect(screen.getByText('12 characters left.')).toBeTruthy();
    });
    await face(fakeApi()).commands.execute(CommandIDs.proposeFor, { campaign: 'x' });
    expect.assertions(4);
  });

  it('is typed from the card of a proposal, for its alternatives', async () => {
    const api = fakeApi('card_proposal');
    const made = face(api);
    const card = sample<ICard>('card_proposal');
    const cards = new CardModel(made.store, card.campaign.folder, card.trial, { card });
    render(under(made, <ProposalCard model={cards} onInsert={() => undefined} />));
    await act(() => cards.load());
    nextDialog('more epochs');
    fireEvent.click(screen.getByRole('button', { name: 'With a wish…' }));
    await waitFor(() =>
      expect(api.act.mock.calls[0]?.[1]).toEqual({
        action: 'alternatives',
        trial: card.trial,
        wish: 'more epochs'
      })
    );
    cards.dispose();
  });

  it('is told while the agent works on it, as text', async () => {
    const api = fakeApi();
    const full = sample<ICampaignView>('view_full');
    const asked = { seq: 9, parent: null, beside: null, count: 1, cancelling: false };
    const campaign = { ...full.campaign, asked: { ...asked, words: 'try <i>GRPO</i>' } };
    api.campaign.mockResolvedValue({ ...full, campaign });
    const made = fakeFace(api);
    const model = made.store.model('x');
    await act(() => model.refresh());
    render(under(made, <AgentWorking model={model} thinking={null} />));
    expect(screen.getByText('asked for: try <i>GRPO</i>')).toBeTruthy();
  });
});
