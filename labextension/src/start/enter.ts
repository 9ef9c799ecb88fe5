/**
 * The key that a dialog takes for its chosen button.
 */

/** Whether Enter was pressed on a button of a form in a dialog: it is that button's. */
export function onButtonOfForm(event: Event): boolean {
  const { activeElement } = document;
  const inForm = activeElement?.closest('.jp-ft-Start') instanceof HTMLElement;
  const enter = event instanceof KeyboardEvent && event.key === 'Enter';
  return event.type === 'keydown' && enter && inForm && activeElement?.tagName === 'BUTTON';
}
