/**
 * What the panel says when there is nothing to show: what to type to change that.
 */

import React from 'react';
import { CommandIDs } from '../commands';
import { useFace } from '../face';

const START = '%load_ext ftassist\n%ftagent task mini_math\n%ftagent propose';

/** No campaign below the root. */
export function NoCampaign(): JSX.Element {
  const { commands, trans } = useFace();
  return (
    <div className="jp-ft-empty">
      <p>{trans.__('No campaign here yet.')}</p>
      <button
        className="jp-ft-button jp-mod-primary"
        onClick={() => void commands.execute(CommandIDs.newCampaign)}
      >
        {trans.__('New campaign…')}
      </button>
      <p>{trans.__('Or in a notebook:')}</p>
      <pre>{START}</pre>
      <p>{trans.__('The agent then proposes a first trial, and you decide on it.')}</p>
    </div>
  );
}

/** The list cannot be read. */
export function Problem(props: { text: string; onRetry: () => void }): JSX.Element {
  const { trans } = useFace();
  return (
    <div className="jp-ft-empty" role="alert">
      <p>{props.text}</p>
      <button className="jp-ft-button" onClick={props.onRetry}>
        {trans.__('Try again')}
      </button>
    </div>
  );
}
