/**
 * Which campaign and trial a command means: its arguments, else the card or row in focus, else
 * what is selected in the explorer, else the only proposal that waits.
 */

import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { ICampaignStore } from '../store/store';

/** A campaign and, where one is meant, a trial. */
export interface ITarget {
  campaign: string | null;
  trial: string | null;
}

/** The target of a command. */
export function target(args: ReadonlyPartialJSONObject, store: ICampaignStore): ITarget {
  const said = text(args.campaign);
  const trial = text(args.trial);
  if (trial) {
    return { campaign: said ?? store.current, trial };
  }
  const card = cardOf(document.activeElement) ?? cardOf(before());
  if (!said && card?.dataset.ftCampaign) {
    return { campaign: card.dataset.ftCampaign, trial: card.dataset.ftTrial ?? null };
  }
  const campaign = said ?? store.current;
  if (campaign === store.current && store.selected) {
    return { campaign, trial: store.selected };
  }
  const pending = store.campaigns.find(row => row.id === campaign)?.pending ?? [];
  return { campaign, trial: pending.length === 1 ? pending[0] : null };
}

/** What takes the focus only to run a command. */
const PASSING = '#modal-command-palette, .lm-CommandPalette, .lm-Menu, .lm-MenuBar, .jp-Dialog';
let focused: Element | null = null;

/** Remembers what had the focus before a palette or a menu took it: a command is about that. */
export function watchFocus(): void {
  document.addEventListener('focusin', event => {
    const { target } = event;
    if (target instanceof Element && !target.closest(PASSING)) {
      focused = target;
    }
  });
}

/** What had the focus, where a palette or a menu has it now or has lost it. */
function before(): Element | null {
  const { activeElement } = document;
  const passing = activeElement?.closest(PASSING) || activeElement === document.body;
  return passing && focused?.isConnected ? focused : null;
}

/** The card, page or row with a trial that an element belongs to. */
function cardOf(element: Element | null): HTMLElement | null {
  const own = element?.closest<HTMLElement>('[data-ft-trial]');
  return own ?? element?.querySelector<HTMLElement>(':scope.jp-ft-Page [data-ft-trial]') ?? null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
