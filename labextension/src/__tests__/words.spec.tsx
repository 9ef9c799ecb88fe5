import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { IApi } from '../api/client';
import { IDraftLeft, IDrafting, IStart, ITaskDraft, ITaskDrafting } from '../api/documents';
import { ApiError } from '../api/errors';
import { StartForm } from '../start/body';
import { NewCampaign } from '../start/model';
import { TaskFromWords, WORDS } from '../start/words';
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
    columns: ['ticket', 'day', 'team'],
    unused: ['day'],
    sizes: { train: 40, evaluation: 20, validation: 10, test: 10 },
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

function over(made: Partial<IDrafting>): IDrafting {
  const phase = made.error ? 'failed' : 'done';
  const begun = { id: 'a1', act: 'draft' as const, doing: 'reading the rows', seconds: 1.4 };
  return { ...begun, phase, draft: null, task: null, error: null, ...made };
}

describe('a draft that was left half done', () => {
  const begun = (left: IDraftLeft): { model: NewCampaign; api: jest.Mocked<IApi> } => {
    const api = fakeApi();
    api.draft = jest.fn(async (_: ITaskDrafting) => over({ act: 'look', draft: draft(true) }));
    api.drafting = jest.fn(async (_: string) => over({ draft: draft(false) }));
    const lists = { tasks: [], models: [], agents: [], policies: [], executors: [] };
    const chosen = { model: 'tiny', agent: 'playbook', policy: 'greedy', own_budget: {} };
    const document = { ...lists, ...chosen, drafts: [left] } as unknown as IStart;
    const model = new NewCampaign(api, document, trans, { look: 1 });
    render(<StartForm model={model} trans={trans} />);
    return { model, api };
  };
  const goOn = (): Promise<void> =>
    act(async () => {
      fireEvent.click(screen.getByText('Go on with tickets'));
      await new Promise(done => setTimeout(done, 5));
    });

  it('is offered when the dialog opens, and is shown as it stands', async () => {
    const { model, api } = begun({ name: 'tickets', drafting: null });
    await goOn();
    expect(api.draft).toHaveBeenCalledWith({ act: 'look', name: 'tickets' });
    expect(model.form.task).toBe(WORDS);
    expect(screen.getByDisplayValue('Say which team')).toBeTruthy();
    expect(screen.getByText('Seal')).toHaveProperty('disabled', false);
    expect(screen.queryByText('Go on with tickets')).toBeNull();
    expect(model.words.commands).toEqual([
      'ftassist task look tasks/tickets.draft',
      'ftassist task seal tasks/tickets.draft'
    ]);
  });

  it('is joined where the server still works on it', async () => {
    const { api } = begun({ name: 'tickets', drafting: 'a1' });
    await goOn();
    expect(api.drafting).toHaveBeenCalledWith('a1');
    expect(api.draft).not.toHaveBeenCalled();
    expect(screen.getByText('Seal')).toHaveProperty('disabled', true);
  });
});

function drawn(available = true): { words: TaskFromWords; api: jest.Mocked<IApi> } {
  const api = fakeApi();
  api.draft = jest.fn(async ({ act }: ITaskDrafting) =>
    over(act === 'seal' ? { task: 'tasks/tickets' } : { draft: draft(false) })
  );
  api.cancelDrafting = jest.fn(async (_: string) => over({ phase: 'cancelled' }));
  const words = new TaskFromWords(api, trans, 'data/tickets.csv', 1);
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
    expect(api.draft).toHaveBeenLastCalledWith({
      act: 'draft',
      name,
      file: 'data/tickets.csv',
      wish: "Say the ticket's team"
    });
    expect(screen.getByDisplayValue('Ticket to <i>team</i>')).toBeTruthy();
    expect(screen.getByText('<b>none</b>')).toBeTruthy();
    expect(button('Seal').disabled).toBe(true);
    api.draft.mockResolvedValueOnce(over({ draft: draft(true) }));
    await press('1a is wrong');
    expect(api.draft).toHaveBeenLastCalledWith({ act: 'correct', name, wrong: ['1a'] });
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
    api.draft.mockRejectedValueOnce(new ApiError(400, 'no draft came', 'x', 'say it again'));
    type('What is wrong with it, in words', 'quotes are right');
    await press('Draft again');
    expect(api.draft).toHaveBeenLastCalledWith({
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

  it('is edited: only what was changed is asked for, and sealed only once that was tried', async () => {
    const { words, api } = drawn();
    type(/What the model should learn/, 'w');
    await press('Draft');
    expect(screen.getByText(/Not used: day/)).toBeTruthy();
    expect(screen.getByText(/40 rows to train on, 20 to score on: 10 val/)).toBeTruthy();
    api.draft.mockResolvedValueOnce(over({ draft: draft(true) }));
    await press('1a is wrong');
    expect(button('Seal').disabled).toBe(false);
    type('Prompt', '{ticket} {day}');
    type('Metric', 'regex');
    expect(button('Try the changes').disabled).toBe(true);
    type('Pattern', '(\\w+)$');
    type('Rows to score on', '30');
    expect(button('Seal').disabled).toBe(true);
    await press('Try the changes');
    expect(api.draft).toHaveBeenLastCalledWith({
      act: 'correct',
      name: 'tickets',
      prompt: '{ticket} {day}',
      evaluation_rows: 30,
      metric: 'regex:(\\w+)$'
    });
    expect(words.commands[2]).toContain("--evaluation-rows 30 --metric 'regex:(\\w+)$'");
    type('Title', 'Another');
    await press('Undo them');
    expect(words.card?.title).toBe('Ticket to <i>team</i>');
  });

  it('tells what is wrong with a column beside it', async () => {
    const { api } = drawn();
    type(/What the model should learn/, 'w');
    await press('Draft');
    const error = { message: "there is no column 'teem'", where: 'answer', code: 'x' };
    api.draft.mockResolvedValueOnce(over({ error: { ...error, what_to_do: "is it 'team'?" } }));
    type('Answer', 'teem');
    await press('Try the changes');
    const field = screen.getByLabelText('Answer');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const told = document.getElementById(field.getAttribute('aria-describedby')!)!;
    expect(told.textContent).toContain("no column 'teem'");
    type('Answer', 'team');
    expect(field.getAttribute('aria-invalid')).toBeNull();
  });

  it('says how far it is, is cancelled by the button, and keeps the place of the keyboard', async () => {
    const { words, api } = drawn();
    type(/What the model should learn/, 'w');
    const doing = 'local writes the task (about 300 tokens)';
    const working = over({ phase: 'working', doing });
    api.draft.mockResolvedValueOnce(working);
    api.drafting = jest.fn(async (_: string) =>
      api.cancelDrafting.mock.calls.length > 0 ? over({ phase: 'cancelled' }) : working
    );
    button('Draft').focus();
    fireEvent.click(button('Draft'));
    expect(await screen.findByText(`${doing} · 1 s`)).toBeTruthy();
    expect(document.activeElement).toBe(button('Cancel the draft'));
    fireEvent.click(button('Cancel the draft'));
    expect(await screen.findByText('Cancelled. Nothing is left of it.')).toBeTruthy();
    expect(api.cancelDrafting).toHaveBeenCalledWith('a1');
    expect(words.busy).toBe(false);
    expect(document.activeElement).toBe(button('Draft'));
  });
});
