/**
 * The head of the panel: which campaign, where it stands, what it may still spend, who reviews.
 */

import React from 'react';
import { ICampaign } from '../api/documents';
import { ServiceAwaited } from '../agent/awaited';
import { ConsentAsked } from '../agent/consent';
import { Stalled } from '../agent/stalled';
import { AgentWorking, mayThink, useThinking } from '../agent/working';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { waitingTrials } from '../store/waiting';
import { BEST } from '../words/marks';
import { score } from '../words/numbers';
import { clean, oneLine } from '../words/text';
import { Devices } from './devices';
import { NoCampaign, Problem } from './empty';
import { Finish } from './finish';
import { SearchNow } from './outlook';

/** The chooser, and the state of the chosen campaign. */
export function ExplorerHeader(): JSX.Element {
  const { commands, store, trans } = useFace();
  useVersion(store);
  if (store.problem && store.campaigns.length === 0) {
    return <Problem text={store.problem} onRetry={() => void store.refresh()} />;
  }
  if (!store.ready) {
    return <p className="jp-ft-empty">{trans.__('Looking for campaigns…')}</p>;
  }
  if (store.current === null) {
    return <NoCampaign />;
  }
  return (
    <div className="jp-ft-Header">
      <div className="jp-ft-Header-line">
        <select
          className="jp-ft-select jp-ft-Header-chooser"
          aria-label={trans.__('Campaign')}
          value={store.current}
          onChange={event => store.choose(event.target.value)}
        >
          {store.campaigns.map(row => (
            <option key={row.id} value={row.id}>
              {row.pending.length > 0
                ? trans.__('%1 — %2 waiting', clean(row.path || row.name), row.pending.length)
                : clean(row.path || row.name)}
            </option>
          ))}
        </select>
        <button
          className="jp-ft-button"
          title={trans.__('New campaign…')}
          aria-label={trans.__('New campaign…')}
          onClick={() => void commands.execute(CommandIDs.newCampaign)}
        >
          {trans.__('New')}
        </button>
      </div>
      {store.problem && (
        <p className="jp-ft-warning" role="alert">
          {store.problem}
        </p>
      )}
      <CampaignState model={store.model(store.current)} key={store.current} />
    </div>
  );
}

/** Where a campaign stands. */
export function CampaignState(props: { model: ICampaignModel }): JSX.Element {
  const { model } = props;
  const { commands, trans } = useFace();
  useVersion(model);
  const campaign = model.campaign;
  if (!campaign) {
    return model.problem ? (
      <Problem text={model.problem} onRetry={() => void model.refresh()} />
    ) : (
      <p className="jp-ft-muted">{trans.__('Reading the journal…')}</p>
    );
  }
  const { settings } = campaign;
  return (
    <div className="jp-ft-State">
      <div className="jp-ft-State-line">
        <span
          className={`jp-ft-Phase jp-ft-phase-${campaign.runner_alive ? campaign.phase : 'resting'}`}
        >
          {phase(model, trans)}
        </span>
        <span className="jp-ft-muted">
          {[campaign.task, settings.model, settings.backend]
            .filter(Boolean)
            .map(clean)
            .join(' · ')}
        </span>
      </div>
      <div className="jp-ft-State-line">
        <span>
          {trans.__('best')}{' '}
          <strong>
            {score(campaign.best_score)}{' '}
            {campaign.best && (
              <button
                className="jp-ft-link"
                onClick={() =>
                  void commands.execute(CommandIDs.openTrial, {
                    campaign: model.id,
                    trial: campaign.best
                  })
                }
              >
                {BEST} {campaign.best}
              </button>
            )}
          </strong>
        </span>
        <span>
          {trans.__('base')} {score(campaign.base)}
        </span>
        <Classical campaign={campaign} />
        <label className="jp-ft-Review">
          {trans.__('review')}
          <ReviewMode model={model} campaign={campaign} />
        </label>
      </div>
      <Budget campaign={campaign} id={model.id} />
      <Devices model={model} />
      <SearchNow model={model} />
      <Finish model={model} campaign={campaign} />
      {campaign.damage && (
        <p className="jp-ft-warning" role="alert">
          {trans.__('The journal is damaged: %1', clean(campaign.damage))}
        </p>
      )}
      {model.problem && (
        <p className="jp-ft-warning" role="alert">
          {model.problem}
        </p>
      )}
      <ConsentAsked id={model.id} campaign={campaign} />
      <Stalled campaign={model.id} stalled={campaign.stalled} />
      <Agent model={model} campaign={campaign} />
      <First model={model} campaign={campaign} />
      {campaign.pending.length > 0 && <Waiting model={model} campaign={campaign} />}
    </div>
  );
}

/** What the agent does now, or why its last proposal failed. */
function Agent(props: { model: ICampaignModel; campaign: ICampaign }): JSX.Element | null {
  const { commands, trans } = useFace();
  const { model, campaign } = props;
  const thinking = useThinking(model, mayThink(campaign));
  if (thinking === null && campaign.stalled) {
    return null; // nobody thinks, and the line above says so
  }
  if (campaign.asked !== null || thinking !== null) {
    return <AgentWorking model={model} thinking={thinking} />;
  }
  if (campaign.outage) {
    return <ServiceAwaited outage={campaign.outage} />;
  }
  const cancelled = campaign.asked_failure === 'cancelled';
  return campaign.asked_failed === '' ? null : (
    <p className="jp-ft-warning" role="status">
      {cancelled
        ? trans.__('The last wish for a proposal was cancelled.')
        : trans.__('The agent made no proposal: %1', oneLine(campaign.asked_failed, 300))}{' '}
      <button
        className="jp-ft-link"
        onClick={() => void commands.execute(CommandIDs.propose, { campaign: model.id })}
      >
        {trans.__('ask again')}
      </button>{' '}
      <button
        className="jp-ft-link"
        onClick={() => void commands.execute(CommandIDs.proposeFor, { campaign: model.id })}
      >
        {trans.__('with a wish…')}
      </button>
    </p>
  );
}

/** What comes first in a campaign of which nothing was asked yet. */
function First(props: { model: ICampaignModel; campaign: ICampaign }): JSX.Element | null {
  const { commands, trans } = useFace();
  const { model, campaign } = props;
  const fresh = campaign.phase === 'new' && campaign.pending.length === 0;
  if (!fresh || model.nodes.size > 1 || campaign.asked || campaign.asked_failed) {
    return null;
  }
  return (
    <div className="jp-ft-Waiting" role="status">
      <span className="jp-ft-Waiting-text">{trans.__('Nothing was asked of the agent yet.')}</span>
      <button
        className="jp-ft-button"
        onClick={() => void commands.execute(CommandIDs.propose, { campaign: model.id })}
      >
        {trans.__('Propose the first trial')}
      </button>
      <button
        className="jp-ft-button"
        title={trans.__('Say in words what the first proposal should be about')}
        onClick={() => void commands.execute(CommandIDs.proposeFor, { campaign: model.id })}
      >
        {trans.__('With a wish…')}
      </button>
    </div>
  );
}

/** How many waiting proposals have a button of their own. */
const SHOWN = 6;

function Waiting(props: { model: ICampaignModel; campaign: ICampaign }): JSX.Element {
  const { commands, trans } = useFace();
  const { pending } = props.campaign;
  const groups = waitingTrials(pending, props.model.nodes);
  return (
    <div className="jp-ft-Waiting" role="status">
      <span aria-hidden="true">◌</span>
      <span className="jp-ft-Waiting-text">
        {trans._n('%1 proposal waits for you', '%1 proposals wait for you', pending.length)}
      </span>
      {groups.slice(0, SHOWN).map(({ trial, alternatives }) => (
        <React.Fragment key={trial}>
          <button
            className="jp-ft-button"
            data-ft-trial={trial}
            data-ft-campaign={props.model.id}
            aria-label={trans.__('Review %1', trial)}
            title={trans.__('Review %1', trial)}
            onClick={() =>
              void commands.execute(CommandIDs.openTrial, { campaign: props.model.id, trial })
            }
          >
            {trial}
          </button>
          {alternatives.length > 0 && (
            <span className="jp-ft-muted">
              {trans._n('and %1 alternative', 'and %1 alternatives', alternatives.length)}
            </span>
          )}
        </React.Fragment>
      ))}
      {groups.length > SHOWN && <span>{trans.__('and %1 more', groups.length - SHOWN)}</span>}
    </div>
  );
}

function ReviewMode(props: { model: ICampaignModel; campaign: ICampaign }): JSX.Element {
  const { commands, trans } = useFace();
  const { review } = props.campaign;
  const modes: [string, string][] = [
    ['always', trans.__('always')],
    ['never', trans.__('never')],
    ['timeout 60', trans.__('timeout 60 s')]
  ];
  if (!modes.some(([mode]) => mode === review)) {
    modes.push([review, clean(review)]);
  }
  return (
    <select
      className="jp-ft-select"
      title={trans.__('Whether a proposal waits for a person')}
      value={review}
      onChange={event =>
        void commands.execute(CommandIDs.setReview, {
          campaign: props.model.id,
          review: event.target.value
        })
      }
    >
      {modes.map(([mode, label]) => (
        <option key={mode} value={mode}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** What the strongest classical model reaches without a language model; nothing without one. */
function Classical(props: { campaign: ICampaign }): JSX.Element | null {
  const { trans } = useFace();
  const [first, ...others] = props.campaign.baselines;
  if (first === undefined) {
    return null;
  }
  const best = others.reduce((one, other) => (other.score > one.score ? other : one), first);
  const title = trans.__(
    'A classical model, no language model: %1, learned from %2 training rows',
    clean(best.name),
    best.rows
  );
  return (
    <span title={title}>
      {clean(best.name)} {score(best.score)}
    </span>
  );
}

/** What of the budget is used. */
function Budget(props: { campaign: ICampaign; id: string }): JSX.Element {
  const { commands, trans } = useFace();
  return (
    <div className="jp-ft-Budget">
      {props.campaign.meters.map(meter => (
        <Meter
          key={meter.name}
          label={meterName(meter.name, trans)}
          text={meter.text}
          value={meter.used}
          limit={meter.limit ?? 0}
        />
      ))}
      <button
        className="jp-ft-link"
        title={trans.__('Change the budget…')}
        onClick={() => void commands.execute(CommandIDs.setBudget, { campaign: props.id })}
      >
        {trans.__('change')}
      </button>
    </div>
  );
}

function meterName(name: string, trans: ReturnType<typeof useFace>['trans']): string {
  const names: { [name: string]: string } = {
    trials: trans.__('trials'),
    seconds: trans.__('time'),
    device_hours: trans.__('device-hours')
  };
  return names[name] ?? clean(name);
}

function Meter(props: { label: string; text: string; value: number; limit: number }): JSX.Element {
  const { label, text, value, limit } = props;
  const used = limit > 0 ? Math.min(1, value / limit) : 0;
  return (
    <div className="jp-ft-Meter">
      <span className="jp-ft-Meter-text">{text}</span>
      <span
        role="meter"
        className="jp-ft-Meter-bar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(value, limit)}
        aria-valuetext={text}
      >
        <span style={{ width: `${(100 * used).toFixed(1)}%` }} />
      </span>
    </div>
  );
}

function phase(model: ICampaignModel, trans: ReturnType<typeof useFace>['trans']): string {
  const campaign = model.campaign!;
  const words: { [phase: string]: string } = {
    new: trans.__('new'),
    running: trans.__('running'),
    paused: trans.__('paused'),
    stopped: trans.__('stopped'),
    finished: trans.__('finished')
  };
  const word = words[campaign.phase] ?? clean(campaign.phase);
  if (campaign.phase === 'running' && !campaign.runner_alive) {
    // Where nothing waits for one there need not be any: the next wish starts it.
    return campaign.stalled ? trans.__('no runner') : trans.__('at rest');
  }
  if (campaign.consent?.waited_for) {
    return trans.__('%1: waits for your consent', word);
  }
  return campaign.reason && campaign.phase !== 'running'
    ? trans.__('%1: %2', word, oneLine(campaign.reason, 60))
    : word;
}
