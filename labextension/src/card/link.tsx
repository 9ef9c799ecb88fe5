/**
 * A trial's id, as a way to its page.
 */

import React from 'react';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { clean } from '../words/text';

/** A trial's id that opens its page. */
export function TrialLink(props: { campaign: string | null; trial: string }): JSX.Element {
  const { commands, trans } = useFace();
  const { campaign, trial } = props;
  if (campaign === null || !/^t\d+$/.test(trial)) {
    return <span>{clean(trial)}</span>;
  }
  return (
    <button
      className="jp-ft-link"
      title={trans.__('Open the page of %1', trial)}
      onClick={() => void commands.execute(CommandIDs.openTrial, { campaign, trial })}
    >
      {trial}
    </button>
  );
}
