/**
 * The agent at work on a proposal: what it does, for how long, at what cost; and Cancel.
 */

import React from 'react';
import { ICampaign, IThinking } from '../api/documents';
import { errorText } from '../api/errors';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { ThinkingModel } from '../store/thinking';
import { count, duration, money } from '../words/numbers';
import { BASE, progressShare, progressText } from '../words/progress';
import { clean, oneLine } from '../words/text';

type Trans = ReturnType<typeof useFace>['trans'];

/** The present of a campaign, read once a second while `looking`. */
export function useNow(model: ICampaignModel, looking: boolean): ThinkingModel {
  const { thinking } = model;
  useVersion(thinking);
  React.useEffect(() => {
    const watch = looking ? thinking.watch() : null;
    return () => watch?.dispose();
  }, [thinking, looking]);
  return thinking;
}

/** The agent's call, read once a second while `looking`. */
export function useThinking(model: ICampaignModel, looking: boolean): IThinking | null {
  return useNow(model, looking).thinking;
}

/** Whether the agent may be asked something at this moment. */
export function mayThink(campaign: ICampaign | null): boolean {
  if (campaign === null) {
    return false;
  }
  const calls = campaign.settings.backend !== 'playbook' && campaign.phase === 'running';
  return campaign.asked !== null || (calls && campaign.runner_alive);
}

/** What the agent does now, with a button that ends it. */
export function AgentWorking(props: {
  model: ICampaignModel;
  thinking: IThinking | null;
}): JSX.Element {
  const { store, trans } = useFace();
  const { model, thinking } = props;
  const [problem, setProblem] = React.useState('');
  const [sent, setSent] = React.useState(false);
  const asked = model.campaign?.asked ?? null;
  const cancelling = sent || (asked?.cancelling ?? false) || (thinking?.cancelling ?? false);
  const cancel = async (): Promise<void> => {
    setProblem('');
    setSent(true);
    try {
      await store.api.act(model.id, { action: 'cancel' });
      await model.refresh();
    } catch (error) {
      setSent(false);
      setProblem(errorText(error));
    }
  };
  return (
    <div className="jp-ft-Working" role="group" aria-label={trans.__('The agent at work')}>
      <span className="jp-ft-Working-line">
        <span aria-hidden="true">◌</span>{' '}
        <span role="status">
          {cancelling
            ? trans.__('The agent is being stopped')
            : thinking
              ? purposeText(thinking, trans)
              : waitsFor(model, trans)}
        </span>{' '}
        {thinking && <span className="jp-ft-muted">{thinkingText(thinking, trans)}</span>}
        <span className="jp-ft-spring" />
        <button className="jp-ft-button" disabled={cancelling} onClick={() => void cancel()}>
          {cancelling ? trans.__('Cancelling…') : trans.__('Cancel')}
        </button>
      </span>
      {asked?.words && (
        <p className="jp-ft-muted">{trans.__('asked for: %1', oneLine(asked.words, 300))}</p>
      )}
      {thinking?.tail && <p className="jp-ft-Working-tail">…{oneLine(thinking.tail, 200)}</p>}
      <p role="alert" className={problem ? 'jp-ft-warning' : undefined}>
        {problem}
      </p>
    </div>
  );
}

/** What a wish waits for before the agent is asked: the score of the base, then the agent. */
function waitsFor(model: ICampaignModel, trans: Trans): string {
  const base = model.nodes.get(BASE);
  if (!base || base.status === 'scored') {
    return trans.__('The agent is thinking');
  }
  const doing = model.thinking.doing(BASE);
  const counted = progressShare(doing) !== null ? progressText(doing, trans) : '';
  return counted
    ? trans.__('First the base model is scored: %1. Then the agent proposes', counted)
    : trans.__('First the base model is scored, then the agent proposes');
}

function purposeText(thinking: IThinking | null, trans: Trans): string {
  const words: { [purpose: string]: string } = {
    survey: trans.__('The agent is reading the task'),
    propose: trans.__('The agent is thinking of a trial'),
    implement: trans.__('The agent is writing the cells'),
    repair: trans.__('The agent is mending a trial'),
    mend: trans.__('The agent is mending its cells'),
    'dry run': trans.__('The cells are being tried'),
    analyse: trans.__('The agent is reading the results'),
    distil: trans.__('The agent is drawing conclusions')
  };
  return words[thinking?.purpose ?? ''] ?? trans.__('The agent is thinking');
}

/** Such as "writing · 12.0 s · about 340 tokens · about 0.021 $ · some-model". */
export function thinkingText(thinking: IThinking, trans: Trans): string {
  const phases: { [phase: string]: string } = {
    counting: trans.__('counting what is asked'),
    waiting: trans.__('waiting for the first word'),
    thinking: trans.__('thinking'),
    writing: trans.__('writing'),
    looking: trans.__('looking at data and trials'),
    trying: trans.__('trying its cells on a few rows'),
    resting: trans.__('waiting to try again')
  };
  return [
    phases[thinking.phase] ?? clean(thinking.phase),
    duration(thinking.seconds),
    thinking.tokens > 0 ? trans.__('about %1 tokens', count(thinking.tokens)) : '',
    thinking.cost > 0 ? trans.__('about %1', money(thinking.cost, trans, 3)) : '',
    clean(thinking.model)
  ]
    .filter(Boolean)
    .join(' · ');
}
