import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { ICard, ITrialPage } from '../api/documents';
import { CardModel } from '../card/model';
import { target, watchFocus } from '../plugins/target';
import { PlaygroundModel } from '../playground/model';
import { TrialPageModel } from '../trial/model';
import { TrialView } from '../trial/page';
import { fakeApi, fakeFace, sample, under } from './fake';

afterEach(cleanup);

async function draw(): Promise<CardModel> {
  const api = fakeApi();
  const card = sample<ICard>('card_proposal');
  const page = { ...sample<ITrialPage>('trial_scored'), id: card.trial, status: 'proposed' };
  api.trial.mockResolvedValue(page as ITrialPage);
  const face = fakeFace(api);
  // eslint-disable-next-line jupyter/require-disposable-ownership
  const model = new TrialPageModel(face.store, 'x', card.trial);
  const own = new CardModel(face.store, '', card.trial, { campaign: 'x' });
  // eslint-disable-next-line jupyter/require-disposable-ownership
  const playground = new PlaygroundModel(face.store, 'x', card.trial);
  const parts = { model, playground, card: own };
  render(under(face, <TrialView {...parts} onInsert={() => undefined} />));
  await act(() => model.load());
  await act(() => own.load());
  return own;
}

const chosen = (): string | null => screen.getByRole('tab', { selected: true }).textContent;

describe('editing that a command asks for', () => {
  it('shows the cells of a trial page, whichever part of it was shown, with the focus in them', async () => {
    const card = await draw();
    fireEvent.click(screen.getByRole('tab', { name: 'Cost' }));
    expect(chosen()).toBe('Cost');
    act(() => card.startEditing());
    expect(chosen()).toBe('Overview');
    expect(screen.getByRole('form', { name: 'Edit the cells' })).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.className).toContain('cm-content'));
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/cell, editable$/);
  });

  it('keeps what was typed where it is asked for once more', async () => {
    const card = await draw();
    act(() => card.startEditing());
    card.type('train', 'x = 1');
    fireEvent.click(screen.getByRole('tab', { name: 'Cost' }));
    act(() => card.startEditing());
    expect(chosen()).toBe('Overview');
    expect(card.draft?.train).toBe('x = 1');
  });

  it('shows the form that asks why there, too', async () => {
    const card = await draw();
    fireEvent.click(screen.getByRole('tab', { name: 'Cost' }));
    act(() => card.startVeto());
    expect(chosen()).toBe('Overview');
    expect(screen.getByRole('form', { name: `Veto ${card.trial}` })).toBeTruthy();
  });
});

describe('a command from the palette', () => {
  it('is about the page that had the focus before, not about what is chosen in the explorer', () => {
    const { store } = fakeFace();
    watchFocus();
    render(
      <>
        <div className="jp-ft-Page" tabIndex={-1}>
          <div data-ft-trial="t0012" data-ft-campaign="x">
            <button>Part</button>
          </div>
        </div>
        <div id="modal-command-palette">
          <input />
        </div>
        <p tabIndex={0}>elsewhere</p>
      </>
    );
    store.select('t0003');
    const focus = (selector: string): void =>
      document.querySelector<HTMLElement>(selector)!.focus();
    for (const part of ['button', '.jp-ft-Page']) {
      focus(part);
      focus('input');
      expect(target({}, store)).toEqual({ campaign: 'x', trial: 't0012' });
    }
    focus('p');
    focus('input');
    expect(target({}, store).trial).toBe('t0003');
  });
});
