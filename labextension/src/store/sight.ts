/**
 * Whether a person has a trial before their eyes: then a notification would only repeat it.
 */

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
