/**
 * Server-sent events of a response, one JSON document each, as they come.
 */

const PREFIX = 'data: ';

/** The documents in what was read so far, and the rest that is not whole yet. */
export function eventsOf(text: string): { events: unknown[]; rest: string } {
  const parts = text.split('\n\n');
  const rest = parts.pop() ?? '';
  const events = parts
    .filter(part => part.startsWith(PREFIX))
    .map(part => JSON.parse(part.slice(PREFIX.length)) as unknown);
  return { events, rest };
}

/** Hands each event of a response on; ends with it. */
export async function readEvents(
  response: Response,
  onEvent: (event: unknown) => void
): Promise<void> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (reader) {
    const { done, value } = await reader.read();
    const found = eventsOf(text + decoder.decode(value, { stream: !done }));
    text = found.rest;
    found.events.forEach(onEvent);
    if (done) {
      return;
    }
  }
}
