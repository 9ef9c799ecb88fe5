/**
 * "Propose next" and what comes of it: the agent at work, then the new proposal or why there is
 * none. All of it is read from the journal, so a second tab and a reload show the same.
 */

import React from 'react';
import { errorText } from '../api/errors';
import { ServiceAwaited } from '../agent/awaited';
import { AgentWorking, useThinking } from '../agent/working';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { oneLine } from '../words/text';
import { CardModel } from './model';

/** The button that asks for the next proposal, and the answer. */
export function ProposeNext(props: { model: CardModel; primary?: boolean }): JSX.Element {
  const { store, trans } = useFace();
  const { campaign, trial } = props.model;
  return campaign === null ? (
    <button className={look(props.primary)} disabled>
      {trans.__('Propose next')}
    </button>
  ) : (
    <Next
      model={store.model(campaign)}
      trial={trial}
      primary={props.primary}
      inNotebook={props.model.inNotebook}
    />
  );
}

interface INextProps {
  model: ICampaignModel;
  trial: string;
  primary?: boolean;
  inNotebook: boolean;
}

function Next(props: INextProps): JSX.Element {
  const { commands, store, trans } = useFace();
  const { model } = props;
  useVersion(model);
  const { campaign } = model;
  const [problem, setProblem] = React.useState('');
  const [sending, setSending] = React.useState(false);
  const asked = campaign?.asked ?? null;
  const coming = asked !== null && asked.beside === null;
  const thinking = useThinking(model, coming);
  const ask = async (): Promise<void> => {
    setProblem('');
    setSending(true);
    try {
      await store.ask(model.id, { action: 'propose' });
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setSending(false);
    }
  };
  if (coming) {
    return <AgentWorking model={model} thinking={thinking} />;
  }
  const failed = campaign?.asked_failed ?? '';
  return (
    <>
      <button
        className={look(props.primary)}
        disabled={sending || asked !== null || campaign === null}
        onClick={() => void ask()}
      >
        {failed ? trans.__('Ask again') : trans.__('Propose next')}
      </button>
      <button
        className="jp-ft-button"
        disabled={sending || asked !== null || campaign === null}
        title={trans.__('Say in words what the next proposal should be about')}
        onClick={() => void commands.execute(CommandIDs.proposeFor, { campaign: model.id })}
      >
        {trans.__('With a wish…')}
      </button>
      <Answer model={model} trial={props.trial} inNotebook={props.inNotebook} />
      {campaign?.outage && <ServiceAwaited outage={campaign.outage} />}
      {failed && !campaign?.outage && (
        <p className="jp-ft-warning" role="status">
          {campaign?.asked_failure === 'cancelled'
            ? trans.__('The last wish for a proposal was cancelled.')
            : trans.__('The agent made no proposal: %1', oneLine(failed, 300))}
        </p>
      )}
      {problem && (
        <p className="jp-ft-warning" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

/** The proposal that answered the last wish, on the cards of older trials. */
function Answer(props: INextProps): JSX.Element | null {
  const { store, commands, trans } = useFace();
  const { model } = props;
  const node = model.nodes.get(model.campaign?.asked_made ?? '');
  const own = model.nodes.get(props.trial);
  if (!node || !own || node.created <= own.created) {
    return null;
  }
  const lead = (): void => {
    if (props.inNotebook) {
      store.tell({ id: model.id, trial: node.trial, seq: 0, reveal: true });
    } else {
      void commands.execute(CommandIDs.openTrial, { campaign: model.id, trial: node.trial });
    }
  };
  return (
    <button className="jp-ft-button" title={oneLine(node.title, 200)} onClick={lead}>
      {node.status === 'proposed'
        ? trans.__('Review %1', node.trial)
        : trans.__('Open %1', node.trial)}
    </button>
  );
}

function look(primary: boolean | undefined): string {
  return primary ? 'jp-ft-button jp-mod-primary' : 'jp-ft-button';
}
