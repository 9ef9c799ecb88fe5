/**
 * The cards that are drawn, by their elements: how a command finds the card that it means.
 */

import { CardModel } from './model';

const drawn = new WeakMap<Element, CardModel>();

/** Notes which model an element shows. */
export function noteCard(element: Element, model: CardModel): void {
  drawn.set(element, model);
}

/** The card of a trial that is in sight, the one in focus first; null where there is none. */
export function cardInSight(campaign: string, trial: string): CardModel | null {
  const found = cardElements(campaign, trial).filter(isVisible);
  const focused = found.find(element => element.contains(document.activeElement));
  const chosen = focused ?? found.find(isInWindow) ?? found[0];
  return (chosen && drawn.get(chosen)) ?? null;
}

function cardElements(campaign: string, trial: string): HTMLElement[] {
  const all = document.querySelectorAll<HTMLElement>('[data-ft-trial]');
  return [...all].filter(
    element =>
      drawn.has(element) &&
      element.dataset.ftTrial === trial &&
      element.dataset.ftCampaign === campaign
  );
}

/** Whether an element is drawn at all, and not in a tab behind others. */
function isVisible(element: Element): boolean {
  return element.getClientRects().length > 0;
}

function isInWindow(element: Element): boolean {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < window.innerHeight;
}
