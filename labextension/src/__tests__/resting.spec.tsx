import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { ITrialPage } from '../api/documents';
import { CardModel } from '../card/model';
import { CommandIDs } from '../commands';
import { PlaygroundModel } from '../playground/model';
import { TrialPageModel } from '../trial/model';
import { TrialView } from '../trial/page';
import { fakeApi, fakeFace, sample, under } from './fake';

afterEach(cleanup);

/** Draws the page of a trial; returns what is asked of the command that promotes. */
async function draw(values: Partial<ITrialPage>): Promise<jest.Mock> {
  const api = fakeApi();
  const page = { ...sample<ITrialPage>('trial_scored'), id: 't0003', ...values };
  api.trial.mockResolvedValue(page);
  const face = fakeFace(api);
  const promoted = jest.fn();
  face.commands.addCommand(CommandIDs.promote, { execute: promoted });
  // eslint-disable-next-line jupyter/require-disposable-ownership
  const model = new TrialPageModel(face.store, 'x', 't0003');
  // eslint-disable-next-line jupyter/require-disposable-ownership
  const card = new CardModel(face.store, '', 't0003', { campaign: 'x' });
  // eslint-disable-next-line jupyter/require-disposable-ownership
  const playground = new PlaygroundModel(face.store, 'x', 't0003');
  const parts = { model, playground, card };
  render(under(face, <TrialView {...parts} onInsert={() => undefined} />));
  await act(() => model.load());
  return promoted;
}

describe('the page of a trial that rests at a rung', () => {
  it('has it run on, to the next rung or to its end', async () => {
    const promoted = await draw({ status: 'resting', word: 'resting' });
    fireEvent.click(screen.getByRole('button', { name: 'Promote' }));
    expect(promoted).toHaveBeenLastCalledWith({ campaign: 'x', trial: 't0003' });
    fireEvent.click(screen.getByRole('button', { name: 'Run to its end' }));
    expect(promoted).toHaveBeenLastCalledWith({ campaign: 'x', trial: 't0003', whole: true });
  });

  it('offers neither branching from it nor repeats: it has no score yet', async () => {
    await draw({ status: 'resting', word: 'resting' });
    expect(screen.queryByRole('button', { name: 'Branch from here' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Re-run on new seeds' })).toBeNull();
  });

  it('is the only one that offers it', async () => {
    await draw({});
    expect(screen.queryByRole('button', { name: 'Promote' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Branch from here' })).toBeTruthy();
  });
});
