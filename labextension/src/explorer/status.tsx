/**
 * What the status bar says: the trial that runs, its step and the time left; or what waits.
 */

import React from 'react';
import { ICampaignRow } from '../api/documents';
import { CardModel } from '../card/model';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { clean } from '../words/text';
import { doingText } from '../words/progress';

/** What runs, or what waits. */
export function StatusItem(): JSX.Element | null {
  const { store, commands, trans } = useFace();
  useVersion(store);
  const running = store.campaigns.find(row => row.running.length > 0 && row.runner_alive);
  const waiting = store.campaigns.find(row => row.pending.length > 0);
  const asks = store.campaigns.find(row => row.waits_for === 'consent');
  const still = store.campaigns.find(row => row.running.length > 0 && !row.runner_alive);
  if (running) {
    return <RunningItem key={running.running[0]} row={running} />;
  }
  if (asks) {
    return (
      <button
        className="jp-ft-link"
        title={trans.__('Cells of a model would run without isolation')}
        onClick={() => void commands.execute(CommandIDs.allowUnisolated, { campaign: asks.id })}
      >
        {trans.__('⚠ %1 waits for your consent', clean(asks.name))}
      </button>
    );
  }
  if (!waiting && still) {
    const [trial] = still.running;
    return (
      <button
        className="jp-ft-link"
        title={trans.__('Open the page of %1', trial)}
        onClick={() => void commands.execute(CommandIDs.openTrial, { campaign: still.id, trial })}
      >
        {trans.__('⚠ %1 stands still: no runner', trial)}
      </button>
    );
  }
  return waiting ? (
    <button
      className="jp-ft-link"
      onClick={() =>
        void commands.execute(CommandIDs.openTrial, {
          campaign: waiting.id,
          trial: waiting.pending[0]
        })
      }
    >
      {trans.__('◌ %1 waits for you', waiting.pending[0])}
    </button>
  ) : null;
}

function RunningItem(props: { row: ICampaignRow }): JSX.Element {
  const { store, commands, trans } = useFace();
  const { row } = props;
  const [trial] = row.running;
  const model = React.useMemo(
    () => new CardModel(store, '', trial, { campaign: row.id }),
    [store, row.id, trial]
  );
  React.useEffect(() => {
    void model.load();
    return () => model.dispose();
  }, [model]);
  useVersion(model);
  const live = model.card?.live;
  const text = doingText(trial, live?.progress ?? null, trans);
  return (
    <button
      className="jp-ft-link"
      title={trans.__('Open the page of %1', trial)}
      onClick={() => void commands.execute(CommandIDs.openTrial, { campaign: row.id, trial })}
    >
      {trans.__('▷ %1 %2', trial, text || trans.__('running'))}
    </button>
  );
}
