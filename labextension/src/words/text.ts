/**
 * Text from data, models and logs, made fit for one line of an interface.
 */

const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Text with control and direction characters made visible. */
export function clean(text: unknown): string {
  return String(text ?? '').replace(
    HIDDEN,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** Cleaned text on one line, cut with an ellipsis. */
export function oneLine(text: unknown, limit = 160): string {
  const flat = clean(text).split(/\s+/).join(' ').trim();
  return flat.length <= limit ? flat : `${flat.slice(0, limit - 1).trimEnd()}…`;
}

/** The name in "person:ada" or "agent:playbook". */
export function actorName(actor: string | null | undefined): string {
  const [kind, name] = clean(actor).split(':', 2);
  return name || kind;
}
