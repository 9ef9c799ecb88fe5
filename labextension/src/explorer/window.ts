/**
 * A window onto a long list of rows of equal height: only the rows in sight are drawn.
 */

import React from 'react';

/** The rows to draw, and what the scrolling element needs. */
export interface IWindow {
  ref: React.RefObject<HTMLDivElement>;
  first: number;
  last: number;
  height: number;
  top: number;
  /** How many rows fit into the element. */
  page: number;
  onScroll: () => void;
  /** Scrolls as little as needed to show a row. */
  show: (index: number) => void;
}

const SPARE = 8;

/** The part of `count` rows of `rowHeight` pixels that is in sight. */
export function useWindow(count: number, rowHeight: number, headHeight = 0): IWindow {
  const ref = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState({ scroll: 0, height: 600 });
  const measure = React.useCallback(() => {
    const element = ref.current;
    if (element) {
      const next = { scroll: element.scrollTop, height: element.clientHeight || 600 };
      setView(old => (old.scroll === next.scroll && old.height === next.height ? old : next));
    }
  }, []);
  React.useLayoutEffect(() => {
    measure();
    if (!ref.current || typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [measure]);
  React.useLayoutEffect(measure, [count, rowHeight, measure]);
  const show = React.useCallback(
    (index: number) => {
      const element = ref.current;
      if (!element) {
        return;
      }
      const top = index * rowHeight;
      const room = element.clientHeight - headHeight;
      if (top < element.scrollTop) {
        element.scrollTop = top;
      } else if (top + rowHeight > element.scrollTop + room) {
        element.scrollTop = top + rowHeight - room;
      }
      measure();
    },
    [rowHeight, headHeight, measure]
  );
  const first = Math.max(0, Math.floor(view.scroll / rowHeight) - SPARE);
  const last = Math.min(count, Math.ceil((view.scroll + view.height) / rowHeight) + SPARE);
  return {
    ref,
    first: Math.min(first, Math.max(0, count - 1)),
    last,
    height: count * rowHeight,
    top: Math.min(first, Math.max(0, count - 1)) * rowHeight,
    page: Math.max(1, Math.floor(view.height / rowHeight) - 1),
    onScroll: measure,
    show
  };
}
