/**
 * The dialog that asks for consent: once a campaign, and one at a time.
 */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { ICampaign } from '../api/documents';
import { clean } from '../words/text';

const open = new Set<string>();

/**
 * Asks whether cells of a model may run without isolation.
 *
 * @returns Whether the person allows it; false where they are being asked already.
 */
export async function askConsent(
  id: string,
  campaign: Pick<ICampaign, 'name' | 'consent'>,
  trans: TranslationBundle
): Promise<boolean> {
  if (open.has(id) || !campaign.consent?.waited_for) {
    return false;
  }
  open.add(id);
  try {
    const { button } = await showDialog({
      title: trans.__('Run cells of a model without isolation?'),
      body: <Question campaign={campaign} trans={trans} />,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Not now') }),
        Dialog.warnButton({ label: trans.__('Allow for this campaign') })
      ],
      defaultButton: 0
    });
    return button.accept;
  } finally {
    open.delete(id);
  }
}

function Question(props: {
  campaign: Pick<ICampaign, 'name' | 'consent'>;
  trans: TranslationBundle;
}): JSX.Element {
  const { campaign, trans } = props;
  const { why, isolation } = campaign.consent!;
  return (
    <div className="jp-ft-Question">
      <p>{clean(why)}</p>
      <p>
        {trans.__(
          'You are asked once: a yes holds for all trials of %1, and the journal keeps that it was yours. Until then the campaign rests.',
          clean(campaign.name)
        )}
      </p>
      {isolation && <p>{trans.__('Or get isolation and resume: %1', clean(isolation))}</p>}
    </div>
  );
}
