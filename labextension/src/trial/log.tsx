/**
 * What the cells of a trial print, as it comes.
 */

import { Poll } from '@lumino/polling';
import React from 'react';
import { ILogPart, ITrialPage } from '../api/documents';
import { errorText } from '../api/errors';
import { useFace } from '../face';
import { bytes } from '../words/numbers';
import { clean } from '../words/text';
import { TrialPageModel } from './model';

/** How often the log of a running trial is read, in milliseconds. */
const EVERY = 1500;
/** Parts read at once at most; more comes when a person asks for it. */
const MOST_PARTS = 8;
/** How near to its end the page must be to stay there as lines come, in pixels. */
const NEAR = 60;

/** A log as far as it was read. */
export interface ILog {
  text: string;
  next: number;
  size: number;
}

const NOTHING: ILog = { text: '', next: 0, size: 0 };

/** A log and what came after it; one that has become shorter is another, and stands alone. */
export function joined(log: ILog, part: ILogPart): ILog {
  const text = part.size < log.next ? part.text : log.text + part.text;
  return { text, next: part.next, size: part.size };
}

/** Reads on from where a log ends, as far as a few parts go. */
export async function readOn(
  log: ILog,
  read: (after: number) => Promise<ILogPart>
): Promise<ILog> {
  let now = log;
  for (let count = 0; count < MOST_PARTS; count += 1) {
    const before = now.next;
    now = joined(now, await read(before));
    if (now.next >= now.size || now.next === before) {
      break;
    }
  }
  return now;
}

/** The log of a trial; while it runs, lines are added as they come. */
export function Log(props: { model: TrialPageModel; page: ITrialPage }): JSX.Element {
  const { trans } = useFace();
  const { model, page } = props;
  const [log, setLog] = React.useState<ILog | null>(null);
  const [problem, setProblem] = React.useState('');
  const held = React.useRef<ILog>(NOTHING);
  const end = React.useRef<HTMLDivElement>(null);
  const follow = useFollowing(end, log?.text ?? '');
  const read = React.useCallback(
    async (from: ILog): Promise<void> => {
      try {
        held.current = await readOn(from, after => model.log(after));
        follow();
        setLog(held.current);
        setProblem('');
      } catch (error) {
        setProblem(errorText(error));
        throw error;
      }
    },
    [model, follow]
  );
  const running = page.status === 'running';
  // Whenever something has happened it is read anew: the outputs of a cell that has ended are put
  // together in another order than they came in.
  React.useEffect(() => {
    const first = read(NOTHING).catch(() => undefined);
    if (!running) {
      return;
    }
    const poll = new Poll({
      name: 'ftassist:log',
      factory: () => first.then(() => read(held.current)),
      frequency: { interval: EVERY, backoff: true, max: 30_000 },
      standby: 'when-hidden'
    });
    return () => poll.dispose();
  }, [read, running, page.seq]);
  return (
    <>
      {problem && (
        <p className="jp-ft-warning" role="alert">
          {problem}
        </p>
      )}
      {log !== null && log.size === 0 && (
        <p className="jp-ft-empty">
          {running
            ? trans.__('The cells have printed nothing yet.')
            : trans.__('The cells have printed nothing.')}
        </p>
      )}
      {log !== null && log.size > 0 && (
        <pre
          className="jp-ft-pre jp-ft-Log"
          role="region"
          tabIndex={0}
          aria-label={trans.__('Log of the cells')}
        >
          {clean(log.text)}
        </pre>
      )}
      {log !== null && log.next < log.size && (
        <button
          className="jp-ft-button"
          onClick={() => void read(held.current).catch(() => undefined)}
        >
          {trans.__('Read on (%1 of %2)', bytes(log.next), bytes(log.size))}
        </button>
      )}
      <div ref={end} />
    </>
  );
}

/** Keeps the end in sight as text is added, for a reader who is there already. */
function useFollowing(end: React.RefObject<HTMLElement>, text: string): () => void {
  const there = React.useRef(false);
  React.useLayoutEffect(() => {
    if (there.current) {
      end.current?.scrollIntoView({ block: 'end' });
    }
  }, [end, text]);
  return React.useCallback(() => {
    const page = end.current?.closest('.jp-ft-Page');
    const scrolls = page && page.scrollHeight > page.clientHeight;
    there.current = Boolean(
      scrolls && page.scrollHeight - page.scrollTop - page.clientHeight < NEAR
    );
  }, [end]);
}
