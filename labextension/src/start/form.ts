/**
 * The form of a new campaign as data: its defaults, what is wrong with it, what it asks for, and
 * the command that does the same.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import {
  AgentName,
  BudgetName,
  ExecutorName,
  INewCampaign,
  IStart,
  IStartModel,
  IStartTask,
  Limits
} from '../api/documents';
import { OWN } from './own_form';
import { WORDS } from './words';
import { quoted } from './quoted';

/** The fields, as a person typed them. */
export interface IForm {
  task: string;
  model: string;
  fetch: boolean;
  trials: string;
  rows: string;
  seconds: string;
  usd: string;
  device_hours: string;
  validation: string;
  test: string;
  review: string;
  agent: AgentName;
  look_outside: boolean;
  policy: string;
  variants: string;
  executor: ExecutorName;
  address: string;
  folder: string;
}

export type FieldName = keyof IForm;
/** What is wrong, by field. */
export type Wrong = { [field in FieldName]?: string };

export const LIMITS: readonly BudgetName[] = ['trials', 'rows', 'seconds', 'usd', 'device_hours'];
const MOST_ROWS = 1_000_000;
/** The review mode of a campaign for which none is named. */
const USUAL_REVIEW = 'always';

/** One proposal after the other. */
const ONE = '1';
/** Trials on the server's own machine, and on the cluster that it belongs to. */
const LOCAL = 'local';
const AUTO = 'auto';

/** The form before a person has touched it. */
export function firstForm(start: IStart, review = USUAL_REVIEW): IForm {
  const sound = start.tasks.filter(task => task.problem === '');
  const task = sound.find(known => known.key === 'mini_math') ?? sound[0];
  return {
    task: task?.key ?? '',
    model: start.model,
    fetch: false,
    validation: '',
    test: '',
    review,
    agent: start.agent,
    look_outside: false,
    policy: start.policy,
    variants: ONE,
    executor: LOCAL,
    address: AUTO,
    ...ofTask(task)
  };
}

/** The fields that a task's card fills in. */
export function ofTask(
  task: { budget: Limits; folder: string } | undefined
): Pick<IForm, BudgetName | 'folder'> {
  const limit = (name: BudgetName): string => String(task?.budget[name] ?? '');
  return {
    trials: limit('trials'),
    rows: limit('rows'),
    seconds: limit('seconds'),
    usd: limit('usd'),
    device_hours: limit('device_hours'),
    folder: task?.folder ?? ''
  };
}

export function chosenTask(form: IForm, start: IStart): IStartTask | undefined {
  return start.tasks.find(task => task.key === form.task);
}

/** Whether the task is made in the dialog. */
function isOwn(form: IForm): boolean {
  return form.task === OWN || form.task === WORDS;
}

/** What the chosen task brings: that of own files has the usual budget, and no folder yet. */
export function brought(form: IForm, start: IStart): Pick<IForm, BudgetName | 'folder'> {
  const own = { budget: start.own_budget, folder: '' };
  return ofTask(isOwn(form) ? own : chosenTask(form, start));
}

export function chosenModel(form: IForm, start: IStart): IStartModel | undefined {
  return start.models.find(model => model.key === form.model);
}

/** What is wrong with a form; the server looks again, and at more. */
export function check(form: IForm, start: IStart, trans: TranslationBundle): Wrong {
  const wrong: Wrong = {};
  const model = chosenModel(form, start);
  if (model && !model.here && !form.fetch) {
    wrong.fetch = trans.__('It is not here: tick this, or choose a model that is.');
  }
  for (const name of ['trials', 'rows'] as const) {
    if (!/^[0-9]{1,9}$/.test(form[name].trim()) || Number(form[name]) < 1) {
      wrong[name] = trans.__('A whole number from 1 on, such as %1.', 8);
    }
  }
  if (!wrong.rows && Number(form.rows) > MOST_ROWS) {
    wrong.rows = trans.__('At most %1.', MOST_ROWS);
  }
  for (const name of ['seconds', 'usd', 'device_hours'] as const) {
    if (name === 'device_hours' && form[name].trim() === '') {
      continue; // no such cap
    }
    if (!/^[0-9]{1,9}([.][0-9]{1,6})?$/.test(form[name].trim()) || !(Number(form[name]) > 0)) {
      wrong[name] = trans.__('A number above 0, such as %1.', name === 'seconds' ? 600 : '2.5');
    }
  }
  for (const name of ['validation', 'test'] as const) {
    const text = form[name].trim();
    const few = !/^[0-9]{1,9}$/.test(text) || Number(text) < start.fewest_items;
    if (text !== '' && few) {
      wrong[name] = trans.__(
        'A whole number from %1 on, or nothing for all of them.',
        start.fewest_items
      );
    }
  }
  const most = start.most_variants;
  if (!/^[0-9]$/.test(form.variants.trim()) || !(+form.variants >= 1 && +form.variants <= most)) {
    wrong.variants = trans.__('A whole number from 1 to %1.', most);
  }
  if (form.executor !== LOCAL && !/^[A-Za-z0-9.:/_[\]-]{1,300}$/.test(form.address.trim())) {
    wrong.address = trans.__('auto, local, or host:port, such as %1.', 'head:6379');
  }
  const named = form.folder.trim();
  const folder = named === '' && isOwn(form) ? '' : wrongFolder(named, trans);
  return folder ? { ...wrong, folder } : wrong;
}

function wrongFolder(folder: string, trans: TranslationBundle): string {
  const parts = folder.split('/');
  if (folder === '') {
    return trans.__('Name a folder that is not there yet.');
  }
  if (folder.startsWith('/') || parts.some(part => part === '' || part.startsWith('.'))) {
    return trans.__('A folder below the one this server was started in, such as campaigns/mine.');
  }
  return '';
}

/** What the form asks of the server; only for a form with nothing wrong. */
export function bodyOf(form: IForm, start: IStart, task = form.task): INewCampaign {
  const items = (text: string): number | undefined => (text.trim() ? Number(text) : undefined);
  return {
    task,
    model: form.model,
    fetch: chosenModel(form, start)?.here === false && form.fetch,
    backend: form.agent,
    look_outside: looksOutside(form),
    policy: form.policy,
    variants: Number(form.variants),
    review: form.review,
    budget: Object.fromEntries(limits(form).map(name => [name, Number(form[name])])),
    validation_items: items(form.validation),
    test_items: items(form.test),
    executor: form.executor,
    address: form.executor === LOCAL ? '' : form.address.trim(),
    folder: form.folder.trim()
  };
}

/** Whether the agent may ask arXiv and the Hub; the playbook asks nobody. */
function looksOutside(form: IForm): boolean {
  return form.look_outside && form.agent !== 'playbook';
}

/** The limits that a campaign of this agent has. */
export function limits(form: IForm): BudgetName[] {
  return LIMITS.filter(
    name =>
      (name !== 'usd' || form.agent !== 'playbook') &&
      (name !== 'device_hours' || form.device_hours.trim() !== '')
  );
}

/** The command that does what the form does, typed in the server's folder. */
export function commandOf(form: IForm, start: IStart, task = form.task): string {
  const usual = brought(form, start);
  const words = ['ftassist init', '--task', task, '--model', form.model];
  const option = (name: string, value: string, unless: string): void => {
    if (value.trim() !== unless) {
      words.push(name, quoted(value.trim()));
    }
  };
  words.push('--backend', form.agent);
  if (looksOutside(form)) {
    words.push('--look-outside');
  }
  option('--policy', form.policy, start.policy);
  option('--variants', form.variants, ONE);
  option('--review', form.review, USUAL_REVIEW);
  limits(form).forEach(name => option(`--${name.replace('_', '-')}`, form[name], usual[name]));
  option('--validation-items', form.validation, '');
  option('--test-items', form.test, '');
  option('--executor', form.executor, LOCAL);
  option('--address', form.executor === LOCAL ? '' : form.address, '');
  option('--folder', form.folder, usual.folder);
  const fetched = chosenModel(form, start)?.here === false;
  return `${fetched ? `ftassist models get ${form.model} && ` : ''}${words.join(' ')}`;
}

/** A word of a command line. */

const PLACES: { [where: string]: FieldName } = {
  'budget.trials': 'trials',
  'budget.rows': 'rows',
  'budget.seconds': 'seconds',
  'budget.usd': 'usd',
  'budget.device_hours': 'device_hours',
  '--validation-items': 'validation',
  validation_items: 'validation',
  '--test-items': 'test',
  test_items: 'test',
  review: 'review',
  folder: 'folder',
  backend: 'agent',
  policy: 'policy',
  variants: 'variants',
  executor: 'executor',
  address: 'address',
  model: 'model',
  task: 'task'
};

/** The field that a refusal of the server is about; undefined where it names none. */
export function fieldOf(where: string): FieldName | undefined {
  return new Map(Object.entries(PLACES)).get(where);
}
