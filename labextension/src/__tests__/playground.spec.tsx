import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { IPlaygroundLine, IQuestion, ITrialPage } from '../api/documents';
import { eventsOf } from '../api/stream';
import { answersAfter, phaseText } from '../playground/answers';
import { PlaygroundModel, UNASKED, questionOf } from '../playground/model';
import { Playground } from '../playground/view';
import { Wrong } from '../trial/wrong';
import { fakeApi, fakeFace, fakeStore, sample, under } from './fake';

const trans = nullTranslator.load('ftassist');
afterEach(cleanup);

const LINES: IPlaygroundLine[] = [
  { models: ['t0000', 't0002', 't0004'] },
  {
    model: 't0002',
    phase: 'failed',
    error: {
      message: 'the model of t0002 was removed',
      where: '',
      what_to_do: 'run it again',
      code: 'ftassist'
    }
  },
  { prompt: '<|user|>What is <b>2</b>?', tokens: 9 },
  { model: 't0000', phase: 'loading' },
  { model: 't0000', phase: 'done', text: 'me', tokens: 2, seconds: 0.31, ended: 'limit' },
  { model: 't0004', phase: 'answering', text: '<img src=x>' }
];

/** A playground whose server answers some lines, and then waits until it is let go or left. */
function drawn(lines = LINES): {
  model: PlaygroundModel;
  asked: IQuestion[];
  finish: () => void;
  api: ReturnType<typeof fakeApi>;
} {
  const api = fakeApi();
  const asked: IQuestion[] = [];
  let finish = (): void => undefined;
  api.askByHand = jest.fn((_id, _trial, question, onLine, signal) => {
    asked.push(question);
    lines.forEach(onLine);
    return new Promise<void>((resolve, reject) => {
      finish = resolve;
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  });
  const store = fakeStore(api);
  const model = new PlaygroundModel(store, 'c', 't0004');
  const page = sample<ITrialPage>('trial_scored');
  page.notes = [{ seq: 9, text: 'Kept <i>one</i>', kind: 'prompt', actor: 'person:ada', time: 1 }];
  render(under(fakeFace(api, store), <Playground model={model} page={page} />));
  return { model, asked, finish: () => finish(), api };
}

const type = (text: string): void => {
  fireEvent.change(screen.getByLabelText('Prompt'), { target: { value: text } });
};
const press = async (name: string): Promise<void> => {
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name }));
  });
};

describe('the playground', () => {
  it('shows the answers of the base, the parent and the trial side by side, as text', async () => {
    const { finish } = drawn();
    type('What is <b>2</b>?');
    await press('Ask');
    const columns = within(screen.getByRole('list', { name: 'Answers' })).getAllByRole('listitem');
    expect(columns.map(column => column.querySelector('h3')!.textContent)).toEqual([
      't0000 the base',
      't0002 its parent',
      't0004 this trial'
    ]);
    expect(
      within(columns[0]).getByText('2 tokens in 0.3 s · cut off at the limit of tokens')
    ).toBeTruthy();
    expect(
      within(columns[1]).getByText('the model of t0002 was removed. Run it again')
    ).toBeTruthy();
    expect(within(columns[2]).getByText('<img src=x>')).toBeTruthy();
    expect(document.querySelector('img, b')).toBeNull();
    expect(screen.getByText('<|user|>What is <b>2</b>?')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe('t0004: answering…');
    await act(async () => finish());
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('says that nothing of it counts', () => {
    drawn();
    expect(screen.getByText(/^Nothing asked here counts as evaluation/)).toBeTruthy();
  });

  it('asks greedily unless sampling is chosen, which has a temperature and a seed', async () => {
    const { asked, finish } = drawn();
    type('Hm?');
    await press('Ask');
    await act(async () => finish());
    fireEvent.change(screen.getByLabelText('How tokens are chosen'), {
      target: { value: 'sampled' }
    });
    fireEvent.change(screen.getByLabelText('seed'), { target: { value: '7' } });
    await press('Ask');
    expect(asked).toEqual([
      { prompt: 'Hm?' },
      { prompt: 'Hm?', temperature: 0.7, top_p: 1, seed: 7 }
    ]);
  });

  it('is cancelled by its button, and then keeps what was there', async () => {
    drawn();
    type('Hm?');
    await press('Ask');
    await press('Cancel');
    expect(screen.getByText('<img src=x>')).toBeTruthy();
    expect(screen.getByText('cancelled')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('left, lets the process end', async () => {
    const { model, api } = drawn();
    type('Hm?');
    await press('Ask');
    await act(async () => model.dispose());
    expect(api.leavePlayground).toHaveBeenCalledWith('c', 't0004');
    const other = drawn();
    other.model.dispose();
    expect(other.api.leavePlayground).not.toHaveBeenCalled();
  });

  it('keeps a prompt with the trial, and fills a kept one in', async () => {
    const { api } = drawn();
    type('Ask me again');
    await press('Keep prompt');
    const note = { action: 'note', trial: 't0004', text: 'Ask me again' };
    expect(api.act).toHaveBeenCalledWith('c', note);
    await press('Kept <i>one</i>');
    expect(screen.getByLabelText<HTMLTextAreaElement>('Prompt').value).toBe('Kept <i>one</i>');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Prompt kept' }).disabled).toBe(
      true
    );
  });

  it('takes the prompt of a wrong answer over', () => {
    const page = sample<ITrialPage>('trial_scored');
    const taken: string[] = [];
    render(under(fakeFace(), <Wrong page={page} onAsk={prompt => taken.push(prompt)} />));
    fireEvent.click(screen.getAllByRole('button', { name: 'Ask this by hand' })[0]);
    expect(taken).toEqual([page.wrong[0].prompt]);
  });

  it('of a trial without a score asks nobody', () => {
    const page = sample<ITrialPage>('trial_failed');
    const model = new PlaygroundModel(fakeStore(fakeApi()), 'c', page.id);
    render(under(fakeFace(), <Playground model={model} page={page} />));
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.getByText(/^A trial can be asked once it is scored/)).toBeTruthy();
    model.dispose();
  });
});

describe('the stream of an answer', () => {
  it('is cut into documents, wherever it was cut on its way', () => {
    const text = LINES.map(line => `data: ${JSON.stringify(line)}\n\n`).join('');
    const found: unknown[] = [];
    let rest = '';
    for (let at = 0; at < text.length; at += 7) {
      const read = eventsOf(rest + text.slice(at, at + 7));
      found.push(...read.events);
      rest = read.rest;
    }
    expect(found).toEqual(LINES);
    expect(rest).toBe('');
  });

  it('gives each model what is its own', () => {
    const answers = LINES.reduce(answersAfter, []);
    expect(answers.map(answer => answer.phase)).toEqual(['done', 'failed', 'answering']);
    expect(phaseText(answers[1], trans)).toBe('no answer');
  });

  it('names no system turn and no limit that nobody gave', () => {
    expect(questionOf({ ...UNASKED, prompt: 'x' })).toEqual({ prompt: 'x' });
    expect(questionOf({ ...UNASKED, prompt: 'x', system: 's', most: '5' })).toEqual({
      prompt: 'x',
      system: 's',
      max_new_tokens: 5
    });
  });
});
