/**
 * The status bar item: the running trial, its step and the time left.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';
import { CardModel } from '../card/model';
import { CommandIDs } from '../commands';
import { FaceContext, IFace, useFace, useVersion } from '../face';
import { ICampaignRow } from '../api/documents';
import { IFaceToken } from '../tokens';
import { progressText } from '../words/progress';

/** `ftassist:status`. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:status',
  description: 'Shows the running trial in the status bar.',
  autoStart: true,
  requires: [IFaceToken],
  optional: [IStatusBar],
  activate: (_: JupyterFrontEnd, face: IFace, bar: IStatusBar | null): void => {
    if (!bar) {
      return;
    }
    const item = ReactWidget.create(
      <FaceContext.Provider value={face}>
        <StatusItem />
      </FaceContext.Provider>
    );
    item.addClass('jp-ft-Status');
    bar.registerStatusItem('ftassist:status', {
      item,
      align: 'left',
      rank: 20,
      isActive: () => true
    });
  }
};

/** What runs, or what waits. */
export function StatusItem(): JSX.Element | null {
  const { store, commands, trans } = useFace();
  useVersion(store);
  const running = store.campaigns.find(row => row.running.length > 0 && row.runner_alive);
  const waiting = store.campaigns.find(row => row.pending.length > 0);
  if (running) {
    return <RunningItem key={running.running[0]} row={running} />;
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
  const text = [live?.stage, progressText(live?.progress ?? null, trans)].filter(Boolean);
  return (
    <button
      className="jp-ft-link"
      title={trans.__('Open the page of %1', trial)}
      onClick={() => void commands.execute(CommandIDs.openTrial, { campaign: row.id, trial })}
    >
      {trans.__('▷ %1 %2', trial, text.join(' ') || trans.__('running'))}
    </button>
  );
}
