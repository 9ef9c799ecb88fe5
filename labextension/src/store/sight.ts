/**
 * What a person has before their eyes: a notification must neither repeat it nor lie over it.
 */

/** Where notifications come up, in pixels from the right and from the lower edge. */
const PLACES = [
  [40, 60],
  [300, 60],
  [40, 120],
  [300, 120]
];
/** What a notification must not lie over. */
const VIEWS = '.jp-ft-Card, .jp-ft-Page, .jp-ft-Explorer';

/** Whether a card or a page is where notifications come up. */
export function isTaken(): boolean {
  return PLACES.some(([right, below]) => {
    const found = document.elementFromPoint(window.innerWidth - right, window.innerHeight - below);
    return found !== null && found.closest(VIEWS) !== null;
  });
}

/** Whether the question for a person's consent is in sight. */
export function isQuestionInSight(campaign: string, root: ParentNode = document): boolean {
  const found = root.querySelectorAll<HTMLElement>(`[data-ft-consent="${campaign}"]`);
  return [...found].some(isSeen);
}

/** Whether a card, a page or a row of the trial is in the part of the window that is shown. */
export function inSight(campaign: string, trial: string, root: ParentNode = document): boolean {
  const cards = root.querySelectorAll<HTMLElement>(
    `[data-ft-trial="${trial}"][data-ft-campaign="${campaign}"]`
  );
  const rows = root.querySelectorAll<HTMLElement>(
    `[data-ft-of="${campaign}"] [data-trial="${trial}"]`
  );
  return [...cards, ...rows].some(isSeen);
}

/** Whether an element is drawn, and some of it is inside the window and not scrolled away. */
function isSeen(element: HTMLElement): boolean {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.height === 0) {
    return false;
  }
  const x = box.left + box.width / 2;
  const top = Math.max(box.top, 0);
  const bottom = Math.min(box.bottom, window.innerHeight);
  const y = (top + bottom) / 2;
  if (top >= bottom || x < 0 || x >= window.innerWidth) {
    return false;
  }
  const found = document.elementFromPoint(x, y);
  return found !== null && (element.contains(found) || found.contains(element));
}
