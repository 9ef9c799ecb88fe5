/**
 * The alternatives of a proposal, side by side, to choose among.
 */

import React from 'react';
import { INode } from '../api/documents';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { range } from '../words/numbers';
import { clean } from '../words/text';
import { TrialLink } from './card';
import { CardModel } from './model';

/** Short cards of the other proposals of the group, and how many are still being made. */
export function Alternatives(props: { model: CardModel }): JSX.Element | null {
  const { store } = useFace();
  const { campaign } = props.model;
  return campaign === null ? null : <Group model={props.model} campaign={store.model(campaign)} />;
}

function Group(props: { model: CardModel; campaign: ICampaignModel }): JSX.Element | null {
  const { trans } = useFace();
  const { model, campaign } = props;
  useVersion(campaign);
  const beside = (model.card?.beside ?? [])
    .map(trial => campaign.nodes.get(trial))
    .filter((node): node is INode => node !== undefined && node.status === 'proposed');
  const asked = campaign.campaign?.asked;
  const group = [model.trial, ...(model.card?.beside ?? [])];
  const coming = asked?.beside !== undefined && group.includes(String(asked?.beside));
  if (beside.length === 0 && !coming) {
    return null;
  }
  return (
    <section className="jp-ft-Alternatives" aria-label={trans.__('Alternatives')}>
      <h4>{trans.__('Alternatives: accepting one sets the others aside')}</h4>
      <div className="jp-ft-Alternatives-list">
        {beside.map(node => (
          <ShortCard key={node.trial} trial={node.trial} model={model} title={node.title} />
        ))}
        {coming && (
          <p className="jp-ft-muted" role="status">
            {trans.__('The agent is asked for alternatives…')}
          </p>
        )}
      </div>
    </section>
  );
}

function ShortCard(props: { trial: string; model: CardModel; title: string }): JSX.Element {
  const { store, trans } = useFace();
  const { trial } = props;
  const { campaign, card } = props.model;
  const other = React.useMemo(
    () => new CardModel(store, card!.campaign.folder, trial, { campaign: campaign ?? undefined }),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [store, trial, campaign]
  );
  React.useEffect(() => {
    void other.load();
    return () => other.dispose();
  }, [other]);
  useVersion(other);
  return (
    <article className="jp-ft-ShortCard">
      <h5>
        <span aria-hidden="true">◌</span> <TrialLink campaign={campaign} trial={trial} />
      </h5>
      <p>{clean(other.card?.statement ?? props.title)}</p>
      {other.card && (
        <p className="jp-ft-muted">
          {trans.__(
            'predicted %1',
            range(other.card.predicted.low, other.card.predicted.high, trans)
          )}
        </p>
      )}
      <p role="alert">{other.notice}</p>
      <button
        className="jp-ft-button"
        disabled={!other.open || other.busy}
        onClick={() => void other.decide({ decision: 'accept' })}
      >
        {trans.__('Accept %1', trial)}
      </button>
    </article>
  );
}
