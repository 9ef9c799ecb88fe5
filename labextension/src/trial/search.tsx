/**
 * A trial in the search: what is believed of it, who it cannot be told apart from, what comes next.
 */

import React from 'react';
import { ITrialPage } from '../api/documents';
import { Fact } from '../card/card';
import { useFace } from '../face';
import { Reasons, StepHead, WhatIfButton } from '../search/next';
import { useOutlook } from '../search/use';
import { chanceText } from '../search/words';
import { scored } from '../words/numbers';
import { clean } from '../words/text';

/** The part of a trial's overview that is about the search; nothing before the base is scored. */
export function InTheSearch(props: { campaign: string; page: ITrialPage }): JSX.Element | null {
  const { store, trans } = useFace();
  const { campaign, page } = props;
  const model = useOutlook(store.model(campaign));
  const { outlook } = model;
  if (!outlook || outlook.recommended === null) {
    return null;
  }
  const belief = model.belief(page.id);
  const [step] = outlook.next;
  return (
    <section className="jp-ft-InTheSearch">
      <h3>{trans.__('In the search')}</h3>
      <dl className="jp-ft-Facts">
        {belief && (
          <>
            <Fact term={trans.__('posterior mean')}>
              {scored(belief.mean, belief.low, belief.high)}
            </Fact>
            <Fact term={trans.__('visits')}>{belief.visits}</Fact>
            <Fact term={trans.__('chance to be best')}>{chanceText(belief.chance, trans)}</Fact>
          </>
        )}
        {outlook.tied.includes(page.id) && (
          <Fact term={trans.__('the choice')} wide>
            {clean(outlook.tied_sentence)}
          </Fact>
        )}
        <Fact term={trans.__('next')} wide>
          {step ? (
            <>
              <StepHead campaign={campaign} step={step} /> <WhatIfButton campaign={campaign} />
              <Reasons step={step} />
            </>
          ) : (
            <>
              {trans.__('%1 waits', outlook.policy)} <WhatIfButton campaign={campaign} />
            </>
          )}
        </Fact>
      </dl>
    </section>
  );
}
