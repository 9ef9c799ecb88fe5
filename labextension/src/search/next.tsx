/**
 * What a policy would do next: each step with its reason, and why not the runner-up.
 */

import React from 'react';
import { INextStep } from '../api/documents';
import { TrialLink } from '../card/link';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { clean } from '../words/text';
import { actionText } from './words';

/** "grow from t0004". */
export function StepHead(props: { campaign: string; step: INextStep }): JSX.Element {
  const { trans } = useFace();
  return (
    <>
      {actionText(props.step, trans)}{' '}
      <TrialLink campaign={props.campaign} trial={props.step.trial} />
    </>
  );
}

/** The steps of a policy, best first. */
export function Steps(props: {
  campaign: string;
  policy: string;
  steps: readonly INextStep[];
}): JSX.Element {
  const { trans } = useFace();
  const { campaign, policy, steps } = props;
  if (steps.length === 0) {
    return (
      <p className="jp-ft-empty">
        {trans.__(
          '%1 would wait: nothing has a score yet, a trial is pending, or nothing is left to run.',
          policy
        )}
      </p>
    );
  }
  return (
    <ol className="jp-ft-Steps" aria-label={trans.__('What %1 would do next', policy)}>
      {steps.map((step, place) => (
        <li key={place}>
          <strong>
            <StepHead campaign={campaign} step={step} />
          </strong>
          <Reasons step={step} />
        </li>
      ))}
    </ol>
  );
}

/** Why a step, and why not the runner-up. */
export function Reasons(props: { step: INextStep }): JSX.Element {
  const { trans } = useFace();
  const { reason, instead } = props.step;
  return (
    <>
      <p>{clean(reason)}</p>
      {instead && (
        <p className="jp-ft-muted">{trans.__('Not the runner-up: %1', clean(instead))}</p>
      )}
    </>
  );
}

/** Opens the page that says what would be done next. */
export function WhatIfButton(props: { campaign: string }): JSX.Element {
  const { commands, trans } = useFace();
  return (
    <button
      className="jp-ft-button"
      title={trans.__('What the policy would do now, and why; nothing is run or spent')}
      onClick={() => void commands.execute(CommandIDs.whatIf, { campaign: props.campaign })}
    >
      {trans.__('What if')}
    </button>
  );
}
