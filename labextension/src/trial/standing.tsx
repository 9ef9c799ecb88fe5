/**
 * How a trial stands, above all that is known of it: its progress with Stop, or what came of it.
 */

import React from 'react';
import { ITrialPage } from '../api/documents';
import { LivePart } from '../card/live';
import { CardModel } from '../card/model';
import { useFace, useVersion } from '../face';
import { TestResult } from '../sealed/result';
import { ICampaignModel } from '../store/campaign';
import { clean } from '../words/text';

/** Progress and Stop of a trial that runs, in sight on every part of the page; else its outcome. */
export function Standing(props: {
  card: CardModel;
  page: ITrialPage;
  campaign: ICampaignModel;
}): JSX.Element | null {
  const { trans } = useFace();
  const { card, page } = props;
  useVersion(props.campaign);
  const { tests = {}, openings = [] } = props.campaign.campaign ?? {};
  const test = tests[page.id];
  const status = card.card?.status ?? page.status;
  if (status === 'accepted' || status === 'running') {
    return (
      <section className="jp-ft-Standing" aria-label={trans.__('Progress')}>
        <LivePart model={card} page />
      </section>
    );
  }
  const live = card.card?.live ?? page.live;
  if (status === 'proposed' || page.role === 'base') {
    return null;
  }
  return (
    <section className="jp-ft-Standing" aria-label={trans.__('Outcome')}>
      <p className="jp-ft-Live-head">
        {live.score && (
          <>
            <strong className="jp-ft-Live-score">{live.score.text}</strong>{' '}
          </>
        )}
        {[
          clean(live.verdict?.sentence ?? live.outcome),
          live.verdict && live.verdict_baseline,
          live.general
        ]
          .filter(Boolean)
          .join('; ')}
      </p>
      {test && <TestResult trial={page.id} test={test} openings={openings.length} trans={trans} />}
    </section>
  );
}
