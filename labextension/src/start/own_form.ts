/**
 * Files of a person's own as a task: the fields, what is wrong with them, and their command.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IOwnFiles } from '../api/documents';
import { quoted } from './quoted';

/** The task that stands for own files. */
export const OWN = 'own files';

/** The fields, as a person typed them. */
export interface IOwnForm {
  train: string;
  evaluation: string;
  test: string;
  prompt: string;
  answer: string;
  system: string;
  id: string;
  view: string;
  metric: string;
  pattern: string;
  name: string;
  licence: string;
  most: string;
  drop: boolean;
}

export type OwnField = Exclude<keyof IOwnForm, 'drop'>;
const MAPPED = ['prompt', 'answer', 'system', 'id', 'view'] as const;

/** The form before a person has touched it, perhaps with a file they came from. */
export function firstOwn(file = ''): IOwnForm {
  const evaluates = /(^|[/_.-])(test|eval|evaluation|valid|validation|val|dev)[_.-]/i.test(file);
  const name = nameOf(file);
  return {
    train: evaluates ? '' : file,
    evaluation: evaluates ? file : '',
    test: '',
    prompt: '',
    answer: '',
    system: '',
    id: '',
    view: '',
    metric: 'accuracy',
    pattern: '',
    name,
    licence: '',
    most: '64',
    drop: false
  };
}

/** A task's name from the name of a file; its folder's where that says nothing. */
export function nameOf(file: string): string {
  const parts = file.split('/').filter(Boolean);
  const stem = (parts.pop() ?? '').split('.')[0];
  const plain = ['train', 'training', 'test', 'eval', 'validation', 'valid', 'val', 'dev', 'data'];
  const chosen = plain.includes(stem.toLowerCase()) ? (parts.pop() ?? stem) : stem;
  return chosen.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[_-]+|[_-]+$/g, '');
}

/** What is wrong with the fields; the server looks at the files. */
export function checkOwn(
  form: IOwnForm,
  trans: TranslationBundle
): { [field in OwnField]?: string } {
  const wrong: { [field in OwnField]?: string } = {};
  if (filesOf(form.train).length === 0) {
    wrong.train = trans.__('Name a file of training rows, such as data/train.csv.');
  }
  if (form.evaluation.trim() === '') {
    wrong.evaluation = trans.__('Name a file of other rows to evaluate on.');
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(form.name.trim())) {
    wrong.name = trans.__('Letters, digits, _ and -.');
  }
  if (form.metric === 'regex' && form.pattern.trim() === '') {
    wrong.pattern = trans.__('A pattern whose first group is the answer.');
  }
  if (!/^[1-9][0-9]{0,3}$/.test(form.most.trim())) {
    wrong.most = trans.__('A whole number from 1 on, such as %1.', 64);
  }
  return wrong;
}

/** What the fields ask of the server. */
export function filesBody(form: IOwnForm, items: string): IOwnFiles {
  const named = MAPPED.filter(part => form[part].trim() !== '');
  const many = /^[1-9][0-9]*$/.test(items.trim()) ? { items: Number(items) } : {};
  const most = /^[1-9][0-9]{0,3}$/.test(form.most.trim());
  return {
    train: filesOf(form.train),
    ...(form.evaluation.trim() ? { evaluation: form.evaluation.trim() } : {}),
    ...(form.test.trim() ? { test: form.test.trim() } : {}),
    metric: metricOf(form),
    name: form.name.trim(),
    ...Object.fromEntries(named.map(part => [part, form[part].trim()])),
    ...(form.drop ? { on_bad: 'drop' as const } : {}),
    ...(form.licence.trim() ? { licence: form.licence.trim() } : {}),
    ...(most ? { max_new_tokens: Number(form.most) } : {}),
    ...many
  };
}

/** The command that makes the task, typed in the server's folder. */
export function taskCommand(form: IOwnForm): string {
  const words = ['ftassist task new'];
  const option = (name: string, value: string): void => {
    if (value.trim()) {
      words.push(name, quoted(value.trim()));
    }
  };
  filesOf(form.train).forEach(file => option('--train', file));
  option('--eval', form.evaluation);
  option('--test', form.test);
  option('--metric', metricOf(form));
  MAPPED.forEach(part => option(`--${part}`, form[part]));
  if (form.drop) {
    words.push('--on-bad', 'drop');
  }
  option('--licence', form.licence);
  if (form.most.trim() !== '64') {
    option('--max-new-tokens', form.most);
  }
  option('--folder', `tasks/${form.name.trim()}`);
  words.push('--yes');
  return words.join(' ');
}

function metricOf(form: IOwnForm): string {
  return form.metric === 'regex' ? `regex:${form.pattern.trim()}` : form.metric;
}

/** The files of a field, which stand with commas between them. */
function filesOf(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);
}
