/**
 * The search in the head of the panel: what would be done next, and what cannot be told apart.
 */

import React from 'react';
import { useFace } from '../face';
import { StepHead, WhatIfButton } from '../search/next';
import { useOutlook } from '../search/use';
import { ICampaignModel } from '../store/campaign';
import { clean } from '../words/text';

/** What the policy would do next with a button to look closer; nothing before the base is scored. */
export function SearchNow(props: { model: ICampaignModel }): JSX.Element | null {
  const { trans } = useFace();
  const { model } = props;
  const { outlook } = useOutlook(model);
  if (!outlook || outlook.recommended === null) {
    return null;
  }
  const [step] = outlook.next;
  return (
    <div className="jp-ft-SearchNow">
      <div className="jp-ft-State-line">
        <span className="jp-ft-SearchNow-next" title={step ? clean(step.reason) : undefined}>
          {step ? (
            <>
              {trans.__('next:')} <StepHead campaign={model.id} step={step} />
            </>
          ) : (
            trans.__('next: %1 waits', outlook.policy)
          )}
        </span>
        <WhatIfButton campaign={model.id} />
      </div>
      {outlook.tied.length > 1 && (
        <p className="jp-ft-SearchNow-tied" title={clean(outlook.sure.join('\n'))}>
          <span aria-hidden="true">≈ </span>
          {clean(outlook.tied_sentence)}
        </p>
      )}
    </div>
  );
}
