import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { IQuestion, ITrialPage } from '../api/documents';
import { CUT_AT, MOST_ASKED } from '../playground/batch';
import { PlaygroundModel } from '../playground/model';
import { Playground } from '../playground/view';
import { Wrong } from '../trial/wrong';
import { fakeApi, fakeFace, fakeStore, sample, under } from './fake';

afterEach(cleanup);

/** A playground whose server answers each question, or waits until it is let go. */
function drawn(page: ITrialPage, waits = false): { model: PlaygroundModel; asked: IQuestion[] } {
  const api = fakeApi();
  const asked: IQuestion[] = [];
  api.askByHand = jest.fn((_id, _trial, question, onLine, signal) => {
    asked.push(question);
    onLine({ models: ['t0004'] });
    onLine({ prompt: 'rendered', tokens: 3 });
    onLine({ model: 't0004', phase: 'answering', text: 'so f' });
    if (waits) {
      return new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    }
    const text = `<i>${question.prompt.length}</i>`;
    onLine({ model: 't0004', phase: 'done', text, tokens: 2, seconds: 0.1, ended: 'end' });
    return Promise.resolve();
  });
  const store = fakeStore(api);
  const model = new PlaygroundModel(store, 'c', 't0004');
  render(under(fakeFace(api, store), <Playground model={model} page={page} />));
  return { model, asked };
}

const press = async (name: string): Promise<void> => {
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name }));
  });
};
const ALL = 'Ask all wrong answers of this view';

describe('wrong answers asked again', () => {
  it('are those of the chosen view, one after the other, of the trial alone', async () => {
    const page = sample<ITrialPage>('trial_scored');
    const { view } = page.wrong[0];
    const { asked } = drawn(page);
    fireEvent.change(screen.getByLabelText('View whose wrong answers are asked'), {
      target: { value: view }
    });
    await press(ALL);
    const wanted = page.wrong.filter(item => item.view === view);
    expect(asked).toEqual(wanted.map(item => ({ prompt: item.prompt, models: ['trial'] })));
    const list = screen.getByRole('list', { name: 'Answers to wrong answers' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(wanted.length);
    expect(screen.getByText(`${wanted.length} of ${wanted.length}`)).toBeTruthy();
    expect(list.textContent).toContain(`<i>${wanted[0].prompt.length}</i>`);
    expect(list.querySelector('i')).toBeNull();
  });

  it('are asked of the parent and the base, too, where that is wished', async () => {
    const { asked } = drawn(sample<ITrialPage>('trial_scored'));
    fireEvent.click(screen.getByLabelText('its parent, too'));
    fireEvent.click(screen.getByLabelText('the base, too'));
    await press(ALL);
    expect(asked[0].models).toEqual(['trial', 'parent', 'base']);
  });

  it('end when a person says so, and keep what was answered', async () => {
    const { asked } = drawn(sample<ITrialPage>('trial_scored'), true);
    await press(ALL);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: ALL }).disabled).toBe(true);
    await press('Stop asking');
    expect(asked).toHaveLength(1);
    expect(screen.getByText(/so f/)).toBeTruthy();
    expect(screen.getByText('cancelled')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: ALL }).disabled).toBe(false);
  });

  it('end with the page', async () => {
    const { model, asked } = drawn(sample<ITrialPage>('trial_scored'), true);
    await press(ALL);
    await act(async () => model.dispose());
    expect(asked).toHaveLength(1);
    expect(model.batch.busy).toBe(false);
  });

  it('are no more than a bound, and none whose prompt is shown in part', async () => {
    const page = sample<ITrialPage>('trial_scored');
    const [first] = page.wrong;
    page.wrong = Array.from({ length: 60 }, (_, index) => ({ ...first, id: `i${index}` }));
    page.wrong[1] = { ...page.wrong[1], prompt: 'x'.repeat(CUT_AT) };
    const { asked } = drawn(page);
    await press(ALL);
    expect(asked).toHaveLength(MOST_ASKED - 1);
    expect(screen.getByText(/not asked: its prompt is shown in part only/)).toBeTruthy();
  });

  it('begin with those that pass the filter of the wrong answers', () => {
    const page = sample<ITrialPage>('trial_scored');
    const taken: string[][] = [];
    const onAskAll = (items: { id: string }[]): void => {
      taken.push(items.map(item => item.id));
    };
    render(under(fakeFace(), <Wrong page={page} onAskAll={onAskAll} />));
    fireEvent.change(screen.getByLabelText('Show only wrong answers of this view'), {
      target: { value: page.wrong[0].view }
    });
    fireEvent.click(screen.getByRole('button', { name: 'Ask all of these by hand' }));
    expect(taken).toEqual([
      page.wrong.filter(item => item.view === page.wrong[0].view).map(item => item.id)
    ]);
  });
});
