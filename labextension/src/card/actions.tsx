/**
 * The buttons of a card.
 */

import React from 'react';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { EditForm } from './edit';
import { CardModel } from './model';

/** What a card's buttons need. */
export interface IActionsProps {
  model: CardModel;
  onInsert: () => void;
}

/** The buttons of a proposal. */
export function ProposalActions(props: IActionsProps): JSX.Element {
  const { trans, commands } = useFace();
  const { model } = props;
  const card = model.card!;
  if (model.draft) {
    return <EditForm model={model} />;
  }
  const off = model.busy || !model.open;
  const ask = (action: 'alternatives'): void => void model.act({ action });
  return (
    <div className="jp-ft-Actions" role="group" aria-label={trans.__('Decide on %1', card.trial)}>
      <button
        className="jp-ft-button jp-mod-primary"
        disabled={off}
        onClick={() => void model.decide({ decision: 'accept' })}
      >
        {trans.__('Accept')}
      </button>
      <button className="jp-ft-button" disabled={off} onClick={() => model.startEditing()}>
        {trans.__('Edit')}
      </button>
      <button
        className="jp-ft-button"
        disabled={off}
        aria-expanded={model.vetoing > 0}
        onClick={() => (model.vetoing > 0 ? model.endVeto() : model.startVeto())}
      >
        {trans.__('Veto…')}
      </button>
      <button className="jp-ft-button" disabled={off} onClick={() => ask('alternatives')}>
        {trans.__('Alternatives')}
      </button>
      <button
        className="jp-ft-button"
        disabled={off}
        title={trans.__('Say in words what the alternatives should be about')}
        onClick={() =>
          void commands.execute(CommandIDs.alternativesFor, {
            campaign: model.campaign,
            trial: card.trial
          })
        }
      >
        {trans.__('With a wish…')}
      </button>
      <span className="jp-ft-spring" />
      <button className="jp-ft-button jp-mod-quiet" onClick={props.onInsert}>
        {trans.__('Insert cells')}
      </button>
      {model.campaign !== null && (
        <button
          className="jp-ft-button jp-mod-quiet"
          onClick={() =>
            void commands.execute(CommandIDs.openTrial, {
              campaign: model.campaign,
              trial: card.trial
            })
          }
        >
          {trans.__('Open page')}
        </button>
      )}
    </div>
  );
}
