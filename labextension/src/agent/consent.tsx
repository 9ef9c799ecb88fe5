/**
 * That a campaign waits for a person's consent: a model wrote cells, and nothing isolates them.
 */

import React from 'react';
import { ICampaign } from '../api/documents';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { clean } from '../words/text';

/** The question of one campaign, with the button that opens the dialog; nothing while none is. */
export function ConsentAsked(props: {
  id: string;
  campaign: Pick<ICampaign, 'consent'> | null;
}): JSX.Element | null {
  const { commands, trans } = useFace();
  const { id, campaign } = props;
  const consent = campaign?.consent;
  if (!consent?.waited_for) {
    return null;
  }
  return (
    <div className="jp-ft-Stalled jp-ft-Consent" role="status" data-ft-consent={id}>
      <span aria-hidden="true">⚠</span>
      <span className="jp-ft-Stalled-text">
        <strong>{trans.__('Waits for your consent.')}</strong> {clean(consent.why)}
      </span>
      <button
        className="jp-ft-button"
        onClick={() => void commands.execute(CommandIDs.allowUnisolated, { campaign: id })}
      >
        {trans.__('Decide…')}
      </button>
    </div>
  );
}

/** The same on a card, whose campaign is read. */
export function CardConsent(props: { campaign: string | null }): JSX.Element | null {
  const { store } = useFace();
  const { campaign } = props;
  return campaign === null ? null : <OfModel model={store.model(campaign)} />;
}

function OfModel(props: { model: ICampaignModel }): JSX.Element | null {
  const { model } = props;
  useVersion(model);
  return <ConsentAsked id={model.id} campaign={model.campaign} />;
}
