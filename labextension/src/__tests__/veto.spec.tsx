import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { IApi } from '../api/client';
import { ICard, IUnderstood } from '../api/documents';
import { ProposalCard } from '../card/card';
import { readInterval } from '../card/edit';
import { CardModel } from '../card/model';
import { cardInSight } from '../card/sight';
import { fakeApi, fakeFace, sample, under } from './fake';

afterEach(cleanup);

const READ: IUnderstood = {
  avoid: [{ key: 'rows:up', words: 'more rows' }],
  try: [{ key: 'train.learning_rate', words: 'another learning rate' }],
  note: false,
  by: 'program'
};

/** The vetoed card, with its reason understood in some way. */
function vetoed(understood: IUnderstood | null): ICard {
  const card = sample<ICard>('card_vetoed');
  const readings = [...READ.avoid, ...READ.try, { key: 'train.epochs:up', words: 'more epochs' }];
  return { ...card, you: card.live!.decided!.actor, understood, readings };
}

async function draw(card: ICard, api: jest.Mocked<IApi> = fakeApi()): Promise<CardModel> {
  api.card.mockResolvedValue(card);
  const face = fakeFace(api);
  const model = new CardModel(face.store, card.campaign.folder, card.trial, { card });
  render(under(face, <ProposalCard model={model} onInsert={() => undefined} />));
  await act(() => model.load());
  return model;
}

const button = (name: string): HTMLButtonElement => screen.getByRole('button', { name });

describe('the form that asks why', () => {
  it('opens empty with the focus in it, and Enter on it vetoes nothing', async () => {
    const api = fakeApi();
    const model = await draw(sample<ICard>('card_proposal'), api);
    act(() => model.startVeto());
    const reason = screen.getByRole<HTMLInputElement>('textbox');
    expect(document.activeElement).toBe(reason);
    expect(reason.value).toBe('');
    await act(async () => fireEvent.submit(reason));
    expect(api.decide).not.toHaveBeenCalled();
    expect(screen.getByText(/A veto needs a reason/)).toBeTruthy();
  });

  it('takes the focus again when it is asked for again, and keeps what was typed', async () => {
    const model = await draw(sample<ICard>('card_proposal'));
    act(() => model.startVeto());
    const reason = screen.getByRole<HTMLInputElement>('textbox');
    fireEvent.change(reason, { target: { value: 'no more rows' } });
    button('Accept').focus();
    act(() => model.startVeto());
    expect(document.activeElement).toBe(reason);
    expect(reason.value).toBe('no more rows');
  });

  it('is the one that a command finds by the trial', async () => {
    const model = await draw(sample<ICard>('card_proposal'));
    const shown = (): DOMRectList => [{ top: 0, bottom: 10 }] as unknown as DOMRectList;
    screen.getByRole('group', { name: 't0012, proposal' }).getClientRects = shown;
    expect(cardInSight(model.campaign!, 't0012')).toBe(model);
    expect(cardInSight(model.campaign!, 't0001')).toBeNull();
  });
});

describe('a veto', () => {
  it('says how its reason is understood', async () => {
    await draw(vetoed(READ));
    expect(screen.getByText(/vetoed by you: “/, { selector: '.jp-ft-Live-head' })).toBeTruthy();
    const read = screen.getByText('understood as').parentElement!;
    expect(read.textContent).toContain('avoid: more rows');
    expect(read.textContent).toContain('try: another learning rate');
  });

  it('that is not understood rules nothing out, and says so', async () => {
    await draw(vetoed({ avoid: [], try: [], note: true, by: 'program' }));
    expect(
      screen.getByText('kept as a note for the agent; no change is ruled out by it')
    ).toBeTruthy();
  });

  it('says who read it where that was not the program', async () => {
    await draw(vetoed({ ...READ, by: 'agent:some-model' }));
    expect(screen.getByText('read by some-model')).toBeTruthy();
  });

  it('is corrected by taking out and adding', async () => {
    const api = fakeApi();
    await draw(vetoed(READ), api);
    fireEvent.click(button('Correct…'));
    fireEvent.click(button('Take “more rows” out'));
    const add = screen.getByRole('combobox', { name: 'Add to “avoid”' });
    expect(document.activeElement).toBe(add);
    fireEvent.change(add, { target: { value: 'train.epochs:up' } });
    await act(async () => fireEvent.click(button('Save')));
    expect(api.decide.mock.calls[0][1]).toMatchObject({
      decision: 'correct',
      avoid: ['train.epochs:up'],
      try: ['train.learning_rate']
    });
  });

  it('of a campaign that the server does not know is shown, and cannot be undone', async () => {
    const api = fakeApi();
    const card = sample<ICard>('card_vetoed');
    const face = fakeFace(api);
    const options = { card: { ...card, live: undefined, you: undefined }, live: card.live };
    face.store.idOf = async () => null;
    // eslint-disable-next-line jupyter/require-disposable-ownership
    const model = new CardModel(face.store, 'elsewhere', card.trial, options);
    render(under(face, <ProposalCard model={model} onInsert={() => undefined} />));
    await act(() => model.load());
    expect(screen.getByText(/vetoed by ada: “/, { selector: '.jp-ft-Live-head' })).toBeTruthy();
    expect(button('Undo').disabled).toBe(true);
  });
});

describe('the next proposal', () => {
  it('says how it follows', async () => {
    const follows = 'learning rate 2e−4 → 1e−4 (your wish)';
    await draw({ ...sample<ICard>('card_proposal'), follows });
    expect(within(screen.getByText('follows').parentElement!).getByText(follows)).toBeTruthy();
  });
});

describe('an edit', () => {
  it('may come with a prediction of one’s own', async () => {
    const api = fakeApi();
    const model = await draw(sample<ICard>('card_proposal'), api);
    act(() => model.startEditing());
    model.type('train', 'x = 1');
    fireEvent.change(screen.getByLabelText(/I expect a change of/), {
      target: { value: '\u22120.02' }
    });
    fireEvent.change(screen.getByLabelText('to'), { target: { value: '0,08' } });
    await act(async () => fireEvent.click(button('Save edits')));
    expect(api.decide.mock.calls[0][1]).toMatchObject({
      decision: 'edit',
      cells: { train: 'x = 1' },
      prediction: { low: -0.02, high: 0.08 }
    });
  });

  it('without one sends none, and half of one is refused', async () => {
    expect(readInterval('', ' ')).toBeNull();
    expect(readInterval('0.1', '')).toBeUndefined();
    expect(readInterval('0.2', '0.1')).toBeUndefined();
    expect(readInterval('a', 'b')).toBeUndefined();
  });

  it('of a failed trial becomes a new proposal, and the failed one stays as it is', async () => {
    const api = fakeApi();
    const failed = sample<ICard>('card_failed');
    const model = await draw(failed, api);
    const told: unknown[] = [];
    fireEvent.click(button('Edit and retry'));
    model.type('train', 'x = 2');
    const made = { ...sample<ICard>('card_proposal'), trial: 't0042' };
    api.decide.mockResolvedValueOnce({ seq: 300, trial: made });
    await act(async () => {
      told.push(await model.saveEdits());
    });
    expect(told).toEqual(['t0042']);
    expect(model.card!.trial).toBe(failed.trial);
    expect(button('Edit and retry')).toBeTruthy();
  });
});

describe('what differs from the parent', () => {
  it('is told part by part in words', async () => {
    const part = { stage: 'train' as const, key: 'train.learning_rate:down' };
    const differences = [
      { ...part, words: 'learning rate', before: '2e−4', after: '1e−4', text: 'learning rate …' },
      { ...part, words: 'rows of b', before: 'all', after: '', text: 'without rows of b' }
    ];
    await draw({ ...sample<ICard>('card_proposal'), differences });
    const chips = screen.getByRole('list', { name: 'Changed parameters' });
    expect(chips.textContent).toContain('learning rate 2e−4 → 1e−4');
    expect(chips.textContent).toMatch(/rows of b all\s+\(left out\)/);
  });
});
