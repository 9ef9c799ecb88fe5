import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { IOwnFiles, IOwnLook } from '../api/documents';
import { ApiError } from '../api/errors';
import { OwnFiles } from '../start/own';
import { OwnPart } from '../start/own_body';
import { checkOwn, filesBody, firstOwn, nameOf, taskCommand } from '../start/own_form';
import { fakeApi } from './fake';

const trans = nullTranslator.load('ftassist');
afterEach(cleanup);

const LOOK: IOwnLook = {
  schema: 'ftassist/own-files/1',
  columns: ['message', 'topic'],
  sources: [
    {
      role: 'train',
      name: 'train',
      origin: 'train.csv',
      shape: 'prompt and answer',
      fields: { prompt: 'message', response: 'topic' },
      unused: [],
      rows: 120,
      left_out: [],
      examples: [
        {
          where: 'train.csv row 1',
          messages: [
            { role: 'user', content: '<img src=x onerror=alert(1)>' },
            { role: 'assistant', content: 'opening' }
          ]
        }
      ]
    }
  ],
  items: { validation: 80, test: 80 },
  judged: [
    { text: 'opening', score: 1, parsed: 1 },
    { text: '', score: 0, parsed: 0 },
    { text: 'open', score: 0.5, parsed: 1 }
  ],
  reference: 'opening',
  smallest_effect: 0.1634,
  problem: null
};

function drawn(
  look: IOwnLook | Error = LOOK,
  file = 'data/train.csv'
): {
  own: OwnFiles;
  asked: IOwnFiles[];
} {
  const api = fakeApi();
  const asked: IOwnFiles[] = [];
  api.lookAtFiles = jest.fn((body: IOwnFiles) => {
    asked.push(body);
    return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
  });
  api.makeTask = jest.fn((_body: IOwnFiles) => Promise.resolve('tasks/topics'));
  const own = new OwnFiles(api, trans, file, 0);
  render(<OwnPart own={own} trans={trans} />);
  return { own, asked };
}

const settle = (): Promise<void> =>
  act(async () => {
    await new Promise(done => setTimeout(done, 20));
  });

describe('own files in the dialog', () => {
  it('show three rows as text, what is right, the splits and what they can show', async () => {
    const { own, asked } = drawn();
    act(() => own.look('40'));
    await settle();
    expect(asked).toEqual([
      {
        train: ['data/train.csv'],
        metric: 'accuracy',
        name: 'data',
        max_new_tokens: 64,
        items: 40
      }
    ]);
    expect(screen.getByText(/<img src=x onerror=alert\(1\)>/)).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByRole('status').textContent).toBe(
      '80 validation items, 80 test items · a gain of 16.3 points is found four times in five, smaller ones mostly show as tied'
    );
    const rows = screen.getAllByRole('row').map(row => row.textContent);
    expect(rows).toEqual(['openingright', '(nothing)wrong', 'open0.50']);
    const names = [...document.querySelectorAll('datalist option')].map(option =>
      option.getAttribute('value')
    );
    expect(names).toEqual(['message', 'topic']);
  });

  it('are looked at once nothing is typed any more', async () => {
    const { asked } = drawn();
    fireEvent.change(screen.getByLabelText('Prompt'), { target: { value: 'mess' } });
    fireEvent.change(screen.getByLabelText('Prompt'), { target: { value: 'message' } });
    await settle();
    expect(asked.map(body => body.prompt)).toEqual(['message']);
  });

  it('say why they cannot be used, with what there is', async () => {
    const problem = { what: 'there is no column mesage', where: 'train.csv', fix: 'message?' };
    const { own } = drawn({ ...LOOK, items: null, judged: [], problem });
    act(() => own.look(''));
    await settle();
    expect(screen.getByText('there is no column mesage (train.csv). message?')).toBeTruthy();
    expect(screen.getByText(/There are: message, topic/)).toBeTruthy();
  });

  it('tell a refusal beside its field', async () => {
    const { own } = drawn();
    act(() => {
      own.refuse(new ApiError(400, 'there is a task tasks/data already', 'name', 'rename it'));
    });
    const field = screen.getByLabelText('Task, in ./tasks');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByRole('alert').textContent).toContain('there is a task tasks/data already');
  });

  it('become a task once for the same fields', async () => {
    const { own } = drawn();
    expect(await own.make()).toBe('tasks/topics');
    await own.make();
    act(() => own.set({ name: 'other' }));
    await own.make();
    const api = (own as unknown as { _api: { makeTask: jest.Mock } })._api;
    expect(api.makeTask).toHaveBeenCalledTimes(2);
  });
});

describe('the form of own files', () => {
  it('is made into the command that does the same', () => {
    const form = {
      ...firstOwn('data/train.csv'),
      evaluation: 'data/eval set.csv',
      prompt: '{question} {options}',
      metric: 'regex',
      pattern: '#(\\d+)',
      name: 'sums',
      drop: true
    };
    expect(taskCommand(form)).toBe(
      "ftassist task new --train data/train.csv --eval 'data/eval set.csv' --metric 'regex:#(\\d+)' --prompt '{question} {options}' --on-bad drop --folder tasks/sums --yes"
    );
    expect(filesBody(form, '').metric).toBe('regex:#(\\d+)');
    expect(checkOwn(form, trans)).toEqual({});
  });

  it('wants training rows, other rows to evaluate on, and a name', () => {
    expect(Object.keys(checkOwn(firstOwn(), trans))).toEqual(['train', 'evaluation', 'name']);
  });

  it('takes a file for what its name says, and the task’s name from it', () => {
    expect(firstOwn('x/test.jsonl')).toMatchObject({ train: '', evaluation: 'x/test.jsonl' });
    expect(firstOwn('latest.csv')).toMatchObject({ train: 'latest.csv', evaluation: '' });
    expect([nameOf('a/my rows.csv'), nameOf('shop/train.csv'), nameOf('')]).toEqual([
      'my_rows',
      'shop',
      ''
    ]);
  });
});
