/**
 * That nothing moves although something should, and the way on: starting a runner again.
 */

import React from 'react';
import { IStalled } from '../api/documents';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { clean } from '../words/text';

/** A runner that is being started is not there for some seconds; only then is it told, in ms. */
const LATE = 6000;
/** How long a runner may take to come before the button can be pressed again, in ms. */
const STARTING = 30_000;

/** What is told of a campaign without a runner; nothing where all is well. */
export function Stalled(props: {
  campaign: string | null;
  stalled: IStalled | null | undefined;
}): JSX.Element | null {
  const { commands, trans } = useFace();
  const { campaign, stalled } = props;
  const late = useLate(stalled?.kind === 'waiting');
  const [starting, setStarting] = React.useState(false);
  React.useEffect(() => {
    const timer = starting ? setTimeout(() => setStarting(false), STARTING) : undefined;
    return () => clearTimeout(timer);
  }, [starting]);
  if (!stalled || (stalled.kind === 'waiting' && !late)) {
    return null;
  }
  const start = (): void => {
    setStarting(true);
    void commands.execute(CommandIDs.startRunner, { campaign });
  };
  return (
    <div className="jp-ft-Stalled" role="status">
      <span aria-hidden="true">⚠</span>
      <span className="jp-ft-Stalled-text">{sentence(clean(stalled.sentence))}</span>
      <button className="jp-ft-button" disabled={starting || campaign === null} onClick={start}>
        {starting ? trans.__('Starting…') : trans.__('Start the runner')}
      </button>
    </div>
  );
}

/** Whether something has been so for a while. */
function useLate(now: boolean): boolean {
  const [late, setLate] = React.useState(false);
  React.useEffect(() => {
    const timer = now ? setTimeout(() => setLate(true), LATE) : undefined;
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [now]);
  return now && late;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
