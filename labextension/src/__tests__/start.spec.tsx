import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { IApi } from '../api/client';
import { IMaking, IStart, IStartModel, IStartTask } from '../api/documents';
import { ApiError } from '../api/errors';
import { ExplorerHeader } from '../explorer/header';
import { CommandIDs } from '../commands';
import { bodyOf, check, commandOf, firstForm } from '../start/form';
import { askNewCampaign } from '../start/dialog';
import { NewCampaign } from '../start/model';
import { fakeApi, fakeFace, under } from './fake';

const trans = nullTranslator.load('ftassist');
const BUDGET = { trials: 8, rows: 2000, seconds: 1800, usd: 5 };

function task(key: string, values: Partial<IStartTask> = {}): IStartTask {
  const folder = `campaigns/${key}-1`;
  const texts = { title: `title of ${key}`, domain: 'math', metric: 'accuracy', licence: 'MIT' };
  const rest = { data: 'in the package', problem: '', here: true, own: false };
  return { key, ...texts, ...rest, budget: BUDGET, folder, ...values };
}

function base(key: string, values: Partial<IStartModel> = {}): IStartModel {
  return {
    key,
    size: '135 M',
    title: `title of ${key}`,
    licence: 'Apache-2.0',
    page: 'https://example.org',
    good_for: '',
    commercial: true,
    gated: false,
    here: true,
    teaching: false,
    fetch_mb: 93,
    needs: { lora: 600, full: 2100 },
    fits: ['lora', 'full'],
    ...values
  };
}

const START: IStart = {
  drafts: [],
  tasks: [
    task('tasks/mine', { own: true, title: '<img src=x onerror=alert(1)>' }),
    task('tasks/broken', { own: true, problem: 'the card is not complete' }),
    task('banking77', { budget: { ...BUDGET, trials: 6 }, here: false }),
    task('mini_math')
  ],
  models: [base('tiny', { teaching: true }), base('far', { here: false, fits: [] })],
  model: 'tiny',
  agents: [
    { key: 'playbook', available: true },
    { key: 'anthropic', available: false }
  ],
  agent: 'playbook',
  policies: [
    { key: 'greedy', available: true },
    { key: 'uct', available: true },
    { key: 'tpe', available: false }
  ],
  policy: 'greedy',
  executors: [
    { key: 'local', available: true },
    { key: 'ray', available: true }
  ],
  most_variants: 5,
  memory_mb: 8000,
  fewest_items: 20,
  own_budget: { trials: 8, rows: 2000, seconds: 3600, usd: 5 }
};
const MAKING: IMaking = {
  id: 'a'.repeat(32),
  phase: 'fetching',
  doing: 'downloading far',
  done: 10_000_000,
  total: 93_000_000,
  campaign: null,
  error: null
};

function starting(): jest.Mocked<IApi> {
  return Object.assign(fakeApi(), {
    start: jest.fn(async () => START),
    create: jest.fn(async () => MAKING),
    making: jest.fn(async (): Promise<IMaking> => ({ ...MAKING, phase: 'done', campaign: 'xyz' })),
    cancelMaking: jest.fn(async () => MAKING)
  });
}

const settle = async (milliseconds = 50): Promise<void> => {
  await act(async () => {
    await new Promise(done => setTimeout(done, milliseconds));
  });
};
const dialog = (): HTMLElement | null => document.querySelector<HTMLElement>('.jp-Dialog');
const press = (name: string): void => {
  fireEvent.click(screen.getByRole('button', { name, hidden: true }));
};
const field = (name: string): HTMLInputElement => screen.getByLabelText<HTMLInputElement>(name);
const fill = (name: string, value: string): void => {
  fireEvent.change(field(name), { target: { value } });
};

/** As newer browsers have it: with a promise for its end. */
const scrolled = jest.fn(() => Promise.resolve());

beforeEach(() => {
  // The browser of the tests has no such thing.
  Element.prototype.scrollIntoView = scrolled.mockClear() as never;
});

afterEach(async () => {
  for (let tries = 0; dialog() && tries < 3; tries++) {
    press('Cancel');
    await settle();
  }
  cleanup();
});

describe('the form of a new campaign', () => {
  const form = firstForm(START);

  it('has the defaults of the task and the model that is here', () => {
    expect([form.task, form.model, form.trials, form.folder]).toEqual([
      'mini_math',
      'tiny',
      '8',
      'campaigns/mini_math-1'
    ]);
    expect(check(form, START, trans)).toEqual({});
  });

  it.each([
    ['trials', '0'],
    ['trials', 'many'],
    ['rows', '1.5'],
    ['rows', '2000000'],
    ['seconds', '-3'],
    ['validation', '5'],
    ['variants', '0'],
    ['variants', '6'],
    ['folder', ''],
    ['folder', '/tmp/x'],
    ['folder', '../x'],
    ['folder', 'a//b']
  ])('refuses %s %p beside the field', (name, value) => {
    expect(Object.keys(check({ ...form, [name]: value }, START, trans))).toEqual([name]);
  });

  it('of own files is one command with that of the campaign, kept up to date', () => {
    const campaign = new NewCampaign(starting(), START, trans, { file: 'shop/train.csv' });
    let told = 0;
    campaign.changed.connect(() => (told += 1));
    campaign.own.set({ evaluation: 'shop/eval.csv' });
    expect(told).toBeGreaterThan(0);
    expect(campaign.command).toBe(
      'ftassist task new --train shop/train.csv --eval shop/eval.csv --metric accuracy --folder tasks/shop --yes && ftassist init --task tasks/shop --model tiny --backend playbook'
    );
    expect([campaign.form.seconds, campaign.form.folder]).toEqual(['3600', '']);
  });

  it('wants a yes before a model is fetched', () => {
    const far = { ...form, model: 'far' };
    expect(Object.keys(check(far, START, trans))).toEqual(['fetch']);
    expect(check({ ...far, fetch: true }, START, trans)).toEqual({});
    expect(bodyOf({ ...far, fetch: true }, START).fetch).toBe(true);
  });

  it('is a command that names only what differs, with words quoted', () => {
    const usual = 'ftassist init --task mini_math --model tiny --backend playbook';
    expect(commandOf(form, START)).toBe(usual);
    const changed = { ...form, review: 'timeout 60', trials: '3', test: '50', folder: "a b'c" };
    expect(commandOf(changed, START)).toBe(
      `${usual} --review 'timeout 60' --trials 3 --test-items 50 --folder 'a b'\\''c'`
    );
    const searched = { ...form, policy: 'uct', variants: '3' };
    expect(commandOf(searched, START)).toBe(`${usual} --policy uct --variants 3`);
    expect(bodyOf(searched, START)).toMatchObject({ policy: 'uct', variants: 3 });
    const far = { ...form, executor: 'ray' as const, address: 'head:6379' };
    expect(commandOf(far, START)).toBe(`${usual} --executor ray --address head:6379`);
    expect(bodyOf(far, START)).toMatchObject({ executor: 'ray', address: 'head:6379' });
    expect(bodyOf(form, START)).toMatchObject({ executor: 'local', address: '' });
    expect(Object.keys(check({ ...far, address: 'a b' }, START, trans))).toEqual(['address']);
    expect(commandOf({ ...form, model: 'far' }, START)).toContain(
      'ftassist models get far && ftassist init --task mini_math --model far'
    );
  });

  it('lets a language model look outside only where a person ticks it', () => {
    const thinking = { ...form, agent: 'anthropic' as const };
    expect(bodyOf(thinking, START).look_outside).toBe(false);
    expect(commandOf(thinking, START)).not.toContain('--look-outside');
    const allowed = { ...thinking, look_outside: true };
    expect(bodyOf(allowed, START).look_outside).toBe(true);
    expect(commandOf(allowed, START)).toContain('--backend anthropic --look-outside');
    const rules = { ...allowed, agent: 'playbook' as const };
    expect(bodyOf(rules, START).look_outside).toBe(false);
    expect(commandOf(rules, START)).not.toContain('--look-outside');
  });

  it('takes budget and folder from another task, but for what was typed', () => {
    const model = new NewCampaign(starting(), START, trans);
    model.set('rows', '77');
    model.set('task', 'banking77');
    expect([model.form.trials, model.form.rows, model.form.folder]).toEqual([
      '6',
      '77',
      'campaigns/banking77-1'
    ]);
  });

  it('puts a refusal of the server beside its field, and any other below', async () => {
    const api = starting();
    const model = new NewCampaign(api, START, trans);
    api.create.mockRejectedValue(new ApiError(400, 'holds one already', 'folder', 'name another'));
    expect(await model.begin()).toBeNull();
    expect(model.wrong).toEqual({ folder: 'holds one already. Name another' });
    api.create.mockRejectedValue(new ApiError(409, 'too many', '', 'wait a while'));
    expect(await model.begin()).toBeNull();
    expect([model.wrong, model.problem]).toEqual([{}, 'too many. Wait a while']);
  });
});

describe('the dialog of a new campaign', () => {
  it('shows facts of task and model, and markup in them stays text', async () => {
    void askNewCampaign(starting(), trans);
    await settle();
    expect(dialog()!.querySelector('img')).toBeNull();
    fill('Model', 'far');
    const text = dialog()!.textContent!;
    expect(text).toContain('fetch it first: 93 MB, licence Apache-2.0');
    expect(text).toContain('It will hardly fit.');
    expect(text).toContain('from my own files…');
    expect(screen.getByText('tasks/broken: its card cannot be read')).toHaveProperty(
      'disabled',
      true
    );
    expect(screen.getByText('language model: the server has no key for one')).toHaveProperty(
      'disabled',
      true
    );
  });

  it('stays with what is wrong in words and the focus there, and asks nothing', async () => {
    const api = starting();
    void askNewCampaign(api, trans);
    await settle();
    fill('Trials', '0');
    press('Start');
    await settle();
    expect(document.activeElement).toBe(field('Trials'));
    expect(screen.getAllByRole('alert', { hidden: true }).map(one => one.textContent)).toEqual([
      'A whole number from 1 on, such as 8.'
    ]);
    expect(api.create).not.toHaveBeenCalled();
  });

  it('tells the progress of a fetch, and gives the campaign when it is made', async () => {
    const api = starting();
    const made = askNewCampaign(api, trans, { look: 100 });
    await settle();
    fill('Model', 'far');
    fireEvent.click(screen.getByRole('checkbox', { hidden: true }));
    press('Start');
    await settle(30);
    expect(dialog()!.textContent).toContain('downloading far · 10.0 MB of 93.0 MB');
    expect(api.create.mock.calls[0][0]).toMatchObject({ model: 'far', fetch: true });
    await settle(150);
    expect(await made).toBe('xyz');
    expect(dialog()).toBeNull();
  });

  it('says why a model cannot be had, and stays', async () => {
    const api = starting();
    const error = { message: 'it cannot be fetched', where: 'hub: away', what_to_do: 'go online' };
    api.making.mockResolvedValue({
      ...MAKING,
      phase: 'failed',
      error: { ...error, code: 'model' }
    });
    void askNewCampaign(api, trans, { look: 1 });
    await settle();
    press('Start');
    await settle();
    expect(screen.getByRole('alert', { hidden: true }).textContent).toBe(
      'it cannot be fetched (hub: away). Go online'
    );
    expect(scrolled.mock.contexts.pop()).toHaveProperty(
      'textContent',
      'it cannot be fetched (hub: away). Go online'
    );
  });

  it('ends a making by the first Cancel and goes by the second', async () => {
    const api = starting();
    api.making.mockImplementation(async () =>
      api.cancelMaking.mock.calls.length > 0 ? { ...MAKING, phase: 'cancelled' } : MAKING
    );
    const made = askNewCampaign(api, trans, { look: 10 });
    await settle();
    press('Start');
    await settle();
    press('Cancel');
    await settle();
    expect(dialog()!.textContent).toContain('What was fetched is kept');
    press('Cancel');
    expect(await made).toBeNull();
  });
});

describe('the side bar', () => {
  it('offers a new campaign, with one there and with none', async () => {
    for (const empty of [false, true]) {
      const api = fakeApi();
      if (empty) {
        api.campaigns.mockResolvedValue({ campaigns: [], cut: false } as never);
      }
      const face = fakeFace(api);
      const execute = jest.fn();
      face.commands.addCommand(CommandIDs.newCampaign, { execute });
      await face.store.refresh();
      render(under(face, <ExplorerHeader />));
      fireEvent.click(screen.getByRole('button', { name: 'New campaign…' }));
      expect(execute).toHaveBeenCalledTimes(1);
      cleanup();
    }
  });
});
