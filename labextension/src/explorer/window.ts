/**
 * A window onto a long list: only the rows in sight are drawn. Rows may differ in height.
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

const SPARE = 24;

/** The tops of rows of these heights, then the end of the last. */
export function topsOf(heights: readonly number[]): number[] {
  const tops = [0];
  for (const height of heights) {
    tops.push(tops[tops.length - 1] + height);
  }
  return tops;
}

/** The row at a height, by bisection; the last where it is below all. */
export function rowAt(tops: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (tops[middle] <= y) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** The part of the rows with these tops (see `topsOf`) that is in sight. */
export function useWindow(tops: readonly number[], headHeight = 0): IWindow {
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
  React.useLayoutEffect(measure, [tops, measure]);
  const show = React.useCallback(
    (index: number) => {
      const element = ref.current;
      if (!element || index + 1 >= tops.length) {
        return;
      }
      const room = element.clientHeight - headHeight;
      if (tops[index] < element.scrollTop) {
        element.scrollTop = tops[index];
      } else if (tops[index + 1] > element.scrollTop + room) {
        element.scrollTop = tops[index + 1] - room;
      }
      measure();
    },
    [tops, headHeight, measure]
  );
  const count = tops.length - 1;
  const from = rowAt(tops, view.scroll);
  const to = rowAt(tops, view.scroll + view.height);
  const first = Math.max(0, Math.min(from - SPARE, count - 1));
  return {
    ref,
    first,
    last: Math.min(count, to + 1 + SPARE),
    height: tops[count],
    top: tops[first],
    page: Math.max(1, to - from - 1),
    onScroll: measure,
    show
  };
}

/** What an element has for texts: the width of its content, and the font; unknown at first. */
export interface IRoom {
  /** In pixels; 0 before it is known. */
  width: number;
  /** The family; "" before it is known. */
  family: string;
  /** The size in pixels. */
  size: number;
}

/** The room of an element, as it changes. */
export function useRoom(ref: React.RefObject<HTMLElement>): IRoom {
  const [room, setRoom] = React.useState<IRoom>({ width: 0, family: '', size: 13 });
  React.useLayoutEffect(() => {
    const element = ref.current;
    if (!element) {
      return;
    }
    const measure = (): void => {
      const { fontFamily: family, fontSize } = getComputedStyle(element);
      const size = parseFloat(fontSize) || 13;
      setRoom({ width: element.getBoundingClientRect().width, family, size });
    };
    measure();
    if (typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return room;
}
