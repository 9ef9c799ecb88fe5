import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { IApi } from '../api/client';
import { ITaskDraft, ITaskDrafting } from '../api/documents';
import { ApiError } from '../api/errors';
import { TaskFromWords } from '../start/words';
import { WordsPart } from '../start/words_body';
import { fakeApi } from './fake';

const trans = nullTranslator.load('ftassist');
afterEach(cleanup);

function draft(agrees: boolean): ITaskDraft {
  const answer = { label: '1a', text: '<b>none</b>', by: 'draft', score: 0, agrees };
  return {
    schema: 'ftassist/task-draft/1',
    folder: 'tasks/tickets.draft',
    wish: 'Say which team',
    title: 'Ticket to <i>team</i>',
    about: 'The team.',
    mapping: { prompt: '{ticket}', answer: 'team' },
    metric: 'accuracy',
    why_metric: 'labels',
    max_new_tokens: 8,
    sealed: '',
    planted: [],
    rows: [
      {
        row: 1,
        prompt: 'which?',
        right: ['billing'],
        answers: [{ ...answer, should: agrees ? 'wrong' : 'right' }]
      }
    ]
  };
}

function drawn(available = true): { words: TaskFromWords; api: jest.Mocked<IApi> } {
  const api = fakeApi();
  api.draftTask = jest.fn(async (_: ITaskDrafting) => draft(false));
  api.sealDraft = jest.fn(async (_: string) => 'tasks/tickets');
  const words = new TaskFromWords(api, trans, 'data/tickets.csv');
  render(<WordsPart words={words} available={available} trans={trans} />);
  return { words, api };
}

const type = (label: string | RegExp, value: string): void =>
  void fireEvent.change(screen.getByLabelText(label), { target: { value } });
const button = (name: string): HTMLButtonElement => screen.getByRole('button', { name });
const press = (name: string): Promise<void> => act(async () => void fireEvent.click(button(name)));

describe('a task from words', () => {
  it('is drafted, corrected until the scorer agrees, and sealed', async () => {
    const { words, api } = drawn();
    expect(button('Draft').disabled).toBe(true);
    type(/What the model should learn/, "Say the ticket's team");
    await press('Draft');
    const name = 'tickets';
    expect(api.draftTask).toHaveBeenLastCalledWith({
      act: 'draft',
      name,
      file: 'data/tickets.csv',
      wish: "Say the ticket's team"
    });
    expect(screen.getByText('Ticket to <i>team</i>')).toBeTruthy();
    expect(screen.getByText('<b>none</b>')).toBeTruthy();
    expect(button('Seal').disabled).toBe(true);
    api.draftTask.mockResolvedValueOnce(draft(true));
    await press('1a is wrong');
    expect(api.draftTask).toHaveBeenLastCalledWith({ act: 'correct', name, wrong: ['1a'] });
    await press('Seal');
    expect(words.task).toBe('tasks/tickets');
    expect(words.commands).toEqual([
      "ftassist task draft data/tickets.csv 'Say the ticket'\\''s team' --folder tasks/tickets.draft",
      'ftassist task correct tasks/tickets.draft --wrong 1a',
      'ftassist task seal tasks/tickets.draft'
    ]);
  });

  it('is drafted again in words; what the server refuses is told and the draft kept', async () => {
    const { words, api } = drawn();
    type(/What the model should learn/, 'w');
    await press('Draft');
    api.draftTask.mockRejectedValueOnce(new ApiError(400, 'no draft came', 'x', 'say it again'));
    type('What is wrong with it, in words', 'quotes are right');
    await press('Draft again');
    expect(api.draftTask).toHaveBeenLastCalledWith({
      act: 'correct',
      name: 'tickets',
      words: 'quotes are right'
    });
    expect(screen.getByRole('alert').textContent).toContain('no draft came');
    expect(words.draft).not.toBeNull();
    expect(words.commands).toHaveLength(2);
  });

  it('says what is needed without a language model, and takes the address of one', () => {
    drawn(false);
    type(/What the model should learn/, 'w');
    expect(screen.getByText(/A language model is needed/)).toBeTruthy();
    expect(button('Draft').disabled).toBe(true);
    type('Its server', 'http://127.0.0.1:8000/v1');
    expect(button('Draft').disabled).toBe(false);
    expect(screen.queryByText(/A language model is needed/)).toBeNull();
  });
});
