/**
 * The card of a drafted task as a person edits it: its fields, and what of them was changed.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ITaskDraft, ITaskDrafting } from '../api/documents';

/** The fields, as a person typed them. */
export interface ICardForm {
  title: string;
  about: string;
  prompt: string;
  answer: string;
  system: string;
  view: string;
  metric: string;
  pattern: string;
  max_new_tokens: string;
  evaluation_rows: string;
}

export type CardField = keyof ICardForm;
/** What is wrong, by field. */
export type WrongCard = { [field in CardField]?: string };

const REGEX = 'regex';
const NEEDED = ['title', 'about', 'prompt', 'answer'] as const;
const OPTIONAL = ['system', 'view'] as const;
const NUMBERS = ['max_new_tokens', 'evaluation_rows'] as const;

/** The card of a draft. */
export function cardOf(draft: ITaskDraft): ICardForm {
  const { mapping, metric } = draft;
  const at = metric.startsWith(`${REGEX}:`) ? REGEX.length : -1;
  return {
    title: draft.title,
    about: draft.about,
    prompt: mapping.prompt ?? '',
    answer: mapping.answer ?? '',
    system: mapping.system ?? '',
    view: mapping.view ?? '',
    metric: at < 0 ? metric : REGEX,
    pattern: at < 0 ? '' : metric.slice(at + 1),
    max_new_tokens: String(draft.max_new_tokens),
    evaluation_rows: String(draft.sizes.evaluation)
  };
}

/** What of a draft a person changed, as it is asked for; nothing where nothing is. */
export function changesOf(draft: ITaskDraft, form: ICardForm): Partial<ITaskDrafting> {
  const known = cardOf(draft);
  const changes: Partial<ITaskDrafting> = {};
  for (const field of [...NEEDED, ...OPTIONAL]) {
    if (form[field].trim() !== known[field]) {
      changes[field] = form[field].trim();
    }
  }
  for (const field of NUMBERS) {
    if (form[field].trim() !== known[field]) {
      changes[field] = Number(form[field]);
    }
  }
  if (metricOf(form) !== metricOf(known)) {
    changes.metric = metricOf(form);
  }
  return changes;
}

/** What is wrong with the fields; the server looks at the rows. */
export function checkCard(form: ICardForm, trans: TranslationBundle): WrongCard {
  const wrong: WrongCard = {};
  for (const field of NEEDED) {
    if (form[field].trim() === '') {
      wrong[field] = trans.__('It cannot be empty.');
    }
  }
  for (const field of NUMBERS) {
    if (!/^[1-9][0-9]{0,6}$/.test(form[field].trim())) {
      wrong[field] = trans.__('A whole number from 1 on, such as %1.', 64);
    }
  }
  if (form.metric === REGEX && form.pattern.trim() === '') {
    wrong.pattern = trans.__('A pattern whose first group is the answer.');
  }
  return wrong;
}

function metricOf(form: ICardForm): string {
  return form.metric === REGEX ? `${REGEX}:${form.pattern.trim()}` : form.metric;
}
