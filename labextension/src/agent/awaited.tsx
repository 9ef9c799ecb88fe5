import React from 'react';
import { IOutage } from '../api/documents';
import { useFace } from '../face';

/** That the agent's service is down and waited for: since when, until when. */
export function ServiceAwaited(props: { outage: IOutage }): JSX.Element {
  const { trans } = useFace();
  const { since, tries, again, until } = props.outage;
  return (
    <p className="jp-ft-warning" role="status">
      {trans.__(
        'Waiting for the agent’s service: down since %1, asked %2 times in vain. It is asked again at %3, and until %4 the campaign waits by itself.',
        clock(since),
        tries,
        clock(again),
        clock(until)
      )}
    </p>
  );
}

/** A time of the reader's day. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
