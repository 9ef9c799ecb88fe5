/**
 * The alternatives of a proposal, side by side, to choose among.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { INode, Variant } from '../api/documents';
import { AgentWorking, useThinking } from '../agent/working';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { range } from '../words/numbers';
import { clean, oneLine } from '../words/text';
import { TrialLink } from './link';
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
  const thinking = useThinking(campaign, coming);
  const failed = useFailed(coming, campaign.campaign?.asked_failed ?? '');
  if (beside.length === 0 && !coming && !failed) {
    return <Round model={model} campaign={campaign} />;
  }
  return (
    <section className="jp-ft-Alternatives" aria-label={trans.__('Alternatives')}>
      <h4>{trans.__('Alternatives: accepting one sets the others aside')}</h4>
      <div className="jp-ft-Alternatives-list">
        {beside.map(node => (
          <ShortCard key={node.trial} trial={node.trial} model={model} title={node.title} />
        ))}
      </div>
      {coming && <AgentWorking model={campaign} thinking={thinking} />}
      {failed && (
        <p className="jp-ft-warning" role="status">
          {trans.__('No alternatives: %1', oneLine(failed, 300))}
        </p>
      )}
    </section>
  );
}

/** The others of a round, which were made different on purpose; any of them may be accepted. */
function Round(props: { model: CardModel; campaign: ICampaignModel }): JSX.Element | null {
  const { trans } = useFace();
  const { model, campaign } = props;
  const all = model.card?.round ?? [];
  const others = all.filter(
    ({ trial }) => trial !== model.trial && campaign.nodes.get(trial)?.status === 'proposed'
  );
  if (others.length === 0) {
    return null;
  }
  const own = all.find(({ trial }) => trial === model.trial)?.variant ?? '';
  const names = variantNames(trans);
  return (
    <section className="jp-ft-Alternatives" aria-label={trans.__('Proposed together')}>
      <h4>{trans.__('Proposed together: accept any of them')}</h4>
      {own && <p className="jp-ft-muted">{trans.__('%1 is %2', model.trial, names[own])}</p>}
      <div className="jp-ft-Alternatives-list">
        {others.map(({ trial, variant }) => (
          <ShortCard
            key={trial}
            trial={trial}
            model={model}
            title={campaign.nodes.get(trial)?.title ?? ''}
            variant={variant ? names[variant] : ''}
          />
        ))}
      </div>
    </section>
  );
}

function variantNames(trans: TranslationBundle): Record<Exclude<Variant, ''>, string> {
  return {
    bold: trans.__('the bold one'),
    cheap: trans.__('the cheap one'),
    rival: trans.__('the one that tests the rival cause')
  };
}

/** Why the alternatives that were coming did not come; "" while they do, and when they came. */
function useFailed(coming: boolean, failed: string): string {
  const [waited, setWaited] = React.useState(false);
  React.useEffect(() => {
    if (coming) {
      setWaited(true);
    }
  }, [coming]);
  return waited && !coming ? failed : '';
}

function ShortCard(props: {
  trial: string;
  model: CardModel;
  title: string;
  variant?: string;
}): JSX.Element {
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
      {props.variant && <p className="jp-ft-muted">{props.variant}</p>}
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
