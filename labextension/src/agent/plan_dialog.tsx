/**
 * The dialog before a campaign goes on by itself: what it is expected to cost, to its end.
 */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { ICampaign, IPlanDocument } from '../api/documents';
import { clean } from '../words/text';

/**
 * Asks whether a campaign may spend without asking any more.
 *
 * @param plan - What is expected; null where the server could not tell.
 */
export async function askToRunAlone(
  campaign: Pick<ICampaign, 'name' | 'spending'>,
  plan: Pick<IPlanDocument, 'lines'> | null,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Go on without asking you?'),
    body: <Expected campaign={campaign} plan={plan} trans={trans} />,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Run without asking') })],
    defaultButton: 0
  });
  return button.accept;
}

/** What the campaign may spend, and what it is expected to. */
export function Expected(props: {
  campaign: Pick<ICampaign, 'name' | 'spending'>;
  plan: Pick<IPlanDocument, 'lines'> | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { campaign, plan, trans } = props;
  return (
    <div className="jp-ft-Question">
      <p>
        {trans.__(
          '%1 then accepts its own proposals and runs them: up to %2. It can be paused and stopped at any time.',
          clean(campaign.name),
          clean(campaign.spending)
        )}
      </p>
      {plan && <p>{trans.__('What is still to be done, and what it is expected to take:')}</p>}
      {plan && (
        <ul>
          {plan.lines.map(line => (
            <li key={line}>{clean(line)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
