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
  const card = document.activeElement?.closest<HTMLElement>('[data-ft-trial]');
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

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
