import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { IApi } from '../api/client';
import { ICard } from '../api/documents';
import { ApiError } from '../api/errors';
import { ProposalCard } from '../card/card';
import { notebookCells } from '../card/insert';
import { CardModel } from '../card/model';
import { asCard } from '../card/renderer';
import { fakeApi, fakeFace, sample, under } from './fake';

afterEach(cleanup);

async function draw(name: string, api: jest.Mocked<IApi> = fakeApi(name)): Promise<CardModel> {
  const face = fakeFace(api);
  const card = sample<ICard>(name);
  const model = new CardModel(face.store, card.campaign.folder, card.trial, { card });
  render(under(face, <ProposalCard model={model} onInsert={() => undefined} />));
  await act(() => model.load());
  return model;
}

const button = (name: string): HTMLButtonElement => screen.getByRole('button', { name });

describe('a proposal', () => {
  it('shows the hypothesis, the prediction, the evidence and the changed parameters', async () => {
    await draw('card_proposal');
    expect(screen.getAllByText(/Train on rows that show their work/)).not.toHaveLength(0);
    expect(screen.getByText('+0.02 to +0.09', { selector: 'dd' })).toBeTruthy();
    expect(screen.getByText('about 25 s · 1.1 GB · no cost')).toBeTruthy();
    const chips = screen.getByRole('list', { name: 'Changed parameters' });
    expect(chips.textContent).toContain('epochs');
  });

  it('is accepted on the sequence number that was seen', async () => {
    const api = fakeApi();
    await draw('card_proposal', api);
    await act(async () => fireEvent.click(button('Accept')));
    const { seen, trial } = sample<ICard>('card_proposal');
    expect(api.decide.mock.calls[0][1]).toEqual({ decision: 'accept', trial, seen });
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Accept' })).toBeNull());
  });

  it('is not vetoed without a reason', async () => {
    const api = fakeApi();
    await draw('card_proposal', api);
    fireEvent.click(button('Veto…'));
    await act(async () => fireEvent.click(button('Veto')));
    expect(api.decide).not.toHaveBeenCalled();
    expect(screen.getByText(/A veto needs a reason/)).toBeTruthy();
    fireEvent.click(button('no synthetic rows'));
    await act(async () => fireEvent.click(button('Veto')));
    expect(api.decide.mock.calls[0][1]).toMatchObject({
      decision: 'veto',
      reason: 'no synthetic rows'
    });
  });

  it('that was decided on meanwhile shows the refusal and how it stands now', async () => {
    const api = fakeApi();
    await draw('card_proposal', api);
    const body = sample<{ message: string; card: ICard }>('stale_409');
    body.card.status = 'vetoed';
    api.decide.mockRejectedValueOnce(new ApiError(409, body.message, '', '', '', body));
    await act(async () => fireEvent.click(button('Accept')));
    expect(screen.getByText(new RegExp(body.message.slice(0, 20)))).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Accept' })).toBeNull();
    expect(button('Undo')).toBeTruthy();
  });

  it('keeps a draft that the server refused', async () => {
    const api = fakeApi();
    const model = await draw('card_proposal', api);
    act(() => fireEvent.click(button('Edit')) as never);
    model.type('train', 'not python (');
    api.decide.mockRejectedValueOnce(new ApiError(400, 'the cell is not valid Python', 'train'));
    await act(async () => fireEvent.click(button('Save edits')));
    expect(api.decide.mock.calls[0][1]).toMatchObject({
      decision: 'edit',
      cells: { train: 'not python (' }
    });
    expect(model.draft?.train).toBe('not python (');
    expect(screen.getByText(/not valid Python/)).toBeTruthy();
  });

  it('sends only the cells that were changed', async () => {
    const model = await draw('card_proposal');
    act(() => model.startEditing());
    model.type('train', 'x = 1');
    model.type('curate', sample<ICard>('card_proposal').cells.curate);
    expect(model.editedCells()).toEqual({ train: 'x = 1' });
  });

  it('of a campaign the server does not know can be read, not decided on', async () => {
    const api = fakeApi();
    api.find.mockRejectedValue(new ApiError(404, 'not here'));
    await draw('card_proposal', api);
    expect(screen.getByText(/a copy kept in the notebook/)).toBeTruthy();
    expect(button('Accept').disabled).toBe(true);
  });

  it.each([
    ['card_proposal', 't0012 · proposal by playbook (rule demo)'],
    ['card_vetoed', 't0006 · vetoed · proposed by playbook (rule demo)'],
    ['card_finished', 't0004 · better · proposed by playbook · edited by you']
  ])(
    'of %s names who proposed and who edited it, apart from how it stands',
    async (name, head) => {
      await draw(name);
      expect(screen.getByRole('heading', { level: 3 }).textContent).toContain(head);
    }
  );

  it('says who wrote which lines of a cell', async () => {
    await draw('card_finished');
    expect(screen.getByText('edited by ada: line 7')).toBeTruthy();
  });

  it('does not go on saying that the server is away when it is back', async () => {
    const api = fakeApi('card_proposal');
    api.card.mockRejectedValueOnce(new ApiError(0, 'the server cannot be reached'));
    const model = await draw('card_proposal', api);
    expect(screen.getByText(/cannot be reached/)).toBeTruthy();
    await act(() => model.load());
    expect(screen.queryByText(/cannot be reached/)).toBeNull();
    expect(button('Accept').disabled).toBe(false);
  });

  it('lists what a static check found, where there is such a list', async () => {
    const api = fakeApi();
    const findings = [{ stage: 'train', line: 3, message: 'opens a socket' }];
    api.card.mockResolvedValue({ ...sample<ICard>('card_proposal'), findings });
    await draw('card_proposal', api);
    expect(screen.getByText('train, line 3')).toBeTruthy();
    expect(screen.getByText(/opens a socket/)).toBeTruthy();
  });
});

describe('a card lives on', () => {
  it('while it runs: stages, progress and Stop', async () => {
    const api = fakeApi('card_running');
    await draw('card_running', api);
    expect(screen.getByRole('progressbar')).toBeTruthy();
    await act(async () => fireEvent.click(button('Stop')));
    expect(api.act.mock.calls[0][1]).toMatchObject({ action: 'stop_trial', trial: 't0011' });
  });

  it('when it is scored: score, verdict, predicted against observed, wrong answers', async () => {
    await draw('card_finished');
    const card = sample<ICard>('card_finished');
    expect(screen.getByText(card.live!.score!.text)).toBeTruthy();
    expect(
      screen.getByText(/better than t0002 by/, { selector: '.jp-ft-Live-head' })
    ).toBeTruthy();
    expect(screen.getByRole('img', { name: /predicted .* observed/ })).toBeTruthy();
    expect(screen.getByText('5 wrong answers')).toBeTruthy();
    expect(button('Propose next')).toBeTruthy();
  });

  it.each([
    ['card_failed', /failed/],
    ['card_invalid', /invalid/],
    ['card_vetoed', /vetoed by/]
  ])('when it is %s', async (name, said) => {
    await draw(name);
    expect(screen.getAllByText(said).length).toBeGreaterThan(0);
    expect(screen.queryByRole('button', { name: 'Accept' })).toBeNull();
  });
});

describe('hostile text', () => {
  it.each(['card_proposal', 'card_finished', 'card_failed', 'card_vetoed'])(
    'in %s makes no element',
    async name => {
      await draw(name);
      const { body } = document;
      expect(body.querySelector('script, img, iframe, object, [onerror]')).toBeNull();
    }
  );

  it('shows direction and control characters instead of obeying them', async () => {
    const api = fakeApi();
    const statement = 'good\u202edab \x1b[31m';
    api.card.mockResolvedValue({ ...sample<ICard>('card_proposal'), statement });
    await draw('card_proposal', api);
    const shown = screen.getByText('good\\u202edab \\u001b[31m', { selector: '.jp-ft-Statement' });
    expect(shown).toBeTruthy();
  });
});

describe('cells for a notebook', () => {
  it('say where they came from, hold no outputs and are not trusted', () => {
    const cells = notebookCells(sample<ICard>('card_proposal'));
    expect(cells.map(cell => (cell.metadata.ftassist as { stage: string }).stage)).toEqual([
      'curate',
      'train',
      'evaluate'
    ]);
    for (const cell of cells) {
      expect(cell.metadata.trusted).toBe(false);
      expect(cell.outputs).toEqual([]);
      expect(cell.metadata.ftassist).toMatchObject({ trial: 't0012', parent: 't0004' });
    }
  });
});

describe('a document from a notebook', () => {
  it('is taken for a card only if it is one', () => {
    expect(asCard(null)).toBeNull();
    expect(asCard({ trial: 't0001' })).toBeNull();
    expect(asCard([])).toBeNull();
    expect(asCard(sample('card_proposal'))?.trial).toBe('t0012');
  });

  it('that calls itself finished is believed by nobody: what lives on comes from the server', () => {
    expect(asCard(sample('card_finished'))?.live).toBeUndefined();
  });
});
