/**
 * Numbers as people read them: scores, differences, intervals, durations, memory, money.
 *
 * The same rules as `ftassist`'s own words in Python, so that a card, the command line and a
 * report agree. A minus is the typographic one; nothing is ever a negative zero.
 */

import { TranslationBundle } from '@jupyterlab/translation';

/** A score, or "-" where there is none. */
export function score(value: number | null | undefined, digits = 2): string {
  return isNumber(value) ? minus((rounded(value, digits) + 0).toFixed(digits)) : '-';
}

/** A difference with its sign. */
export function signed(value: number | null | undefined, digits = 2): string {
  if (!isNumber(value)) {
    return '-';
  }
  const near = rounded(value, digits) + 0;
  return `${near < 0 ? '' : '+'}${minus(near.toFixed(digits))}`;
}

/** "[0.72, 0.83]", or "" where an end is missing. */
export function interval(
  low: number | null | undefined,
  high: number | null | undefined,
  show: (value: number) => string = score
): string {
  return isNumber(low) && isNumber(high) ? `[${show(low)}, ${show(high)}]` : '';
}

/** Rising whole numbers, neighbours joined: "3–5, 9". */
export function spans(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found[found.length - 1];
    if (last && number === last[1] + 1) {
      last[1] = number;
    } else {
      found.push([number, number]);
    }
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** A score with its interval. */
export function scored(
  value: number | null | undefined,
  low: number | null | undefined,
  high: number | null | undefined
): string {
  return `${score(value)} ${interval(low, high)}`.trim();
}

/** "+0.15 to +0.35". */
export function range(
  low: number | null | undefined,
  high: number | null | undefined,
  trans: TranslationBundle
): string {
  if (!isNumber(low) || !isNumber(high)) {
    return trans.__('no prediction');
  }
  return trans.__('%1 to %2', signed(low), signed(high));
}

/** Seconds as people say them: "8.0 s", "45 s", "4 min", "2 h 05 min". */
export function duration(seconds: number | null | undefined): string {
  if (!isNumber(seconds)) {
    return '-';
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 120) {
    return `${seconds.toFixed(0)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Megabytes as "850 MB" or "1.1 GB". */
export function memory(megabytes: number | null | undefined): string {
  if (!isNumber(megabytes)) {
    return '-';
  }
  return megabytes < 1000 ? `${megabytes.toFixed(0)} MB` : `${(megabytes / 1024).toFixed(1)} GB`;
}

/** Tokens as "850 tokens", "1.2 M tokens". */
export function tokens(count: number, trans: TranslationBundle): string {
  const sizes: [number, string][] = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k']
  ];
  const [size, mark] = sizes.find(([least]) => count >= least) ?? [1, ''];
  return trans.__('%1 tokens', `${Number((count / size).toPrecision(3))}${mark}`);
}

/** Bytes as "512 B", "3.4 kB", "2.9 MB". */
export function bytes(size: number | null | undefined): string {
  if (!isNumber(size)) {
    return '-';
  }
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let left = size;
  while (left >= 1000 && at < units.length - 1) {
    left /= 1000;
    at += 1;
  }
  return `${at === 0 ? left.toFixed(0) : left.toFixed(1)} ${units[at]}`;
}

/** A cost in dollars; "no cost" for nothing. */
export function money(
  dollars: number | null | undefined,
  trans: TranslationBundle,
  digits = 2
): string {
  if (!isNumber(dollars)) {
    return trans.__('cost unknown');
  }
  return dollars === 0 ? trans.__('no cost') : `${score(dollars, digits)} $`;
}

/** A share as "91 %". */
export function percent(share: number | null | undefined): string {
  return isNumber(share) ? `${score(100 * share, 0)} %` : '-';
}

/** A whole number with thin groups: "2 000". */
export function count(value: number | null | undefined): string {
  return isNumber(value)
    ? minus(String(Math.round(value))).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')
    : '-';
}

/** A moment in the reader's own time zone, or "-". */
export function moment(seconds: number | null | undefined): string {
  return isNumber(seconds) && seconds > 0 ? new Date(seconds * 1000).toLocaleString() : '-';
}

/** A value that may be a number of things or a measure: "800", "0.41", "−0.05". */
export function quantity(value: number | null | undefined): string {
  return isNumber(value) && Number.isInteger(value) && Math.abs(value) >= 2
    ? `${value < 0 ? '−' : ''}${count(Math.abs(value))}`
    : score(value);
}

/** A number to some significant digits, such as a learning rate: "0.0002", "3e−7". */
export function precise(value: number | null | undefined, digits = 4): string {
  return isNumber(value) ? minus(String(Number(value.toPrecision(digits)))) : '-';
}

/** Whether a value from JSON is a number that can be shown. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Rounded from the exact value, as Python's formatting does. */
function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function minus(text: string): string {
  return text.replace(/-/g, '−');
}
