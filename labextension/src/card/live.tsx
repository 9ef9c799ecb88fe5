/**
 * What has become of a proposal: stages and progress, then the score and what it means.
 */

import React from 'react';
import { ILive, IStageDone, STAGES } from '../api/documents';
import { CardConsent } from '../agent/consent';
import { Stalled } from '../agent/stalled';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { PredictionBars } from '../plots/prediction';
import { Sparkline } from '../plots/sparkline';
import { duration, isNumber } from '../words/numbers';
import { BASE, doingText, progressShare, progressText } from '../words/progress';
import { clean } from '../words/text';
import { CardModel } from './model';
import { ProposeNext } from './next';
import { Vetoed } from './vetoed';
import { WrongAnswers } from './wrong';

/** The part of a card below the hypothesis, once it is decided. */
export function LivePart(props: { model: CardModel; page?: boolean }): JSX.Element | null {
  const { model } = props;
  const card = model.card;
  const live = card?.live;
  if (!card || !live || card.status === 'proposed') {
    return null;
  }
  switch (card.status) {
    case 'accepted':
    case 'running':
      return <Running model={model} live={live} />;
    case 'vetoed':
      return <Vetoed model={model} live={live} />;
    case 'set_aside':
      return <SetAside model={model} live={live} />;
    case 'scored':
      return <Scored model={model} live={live} page={props.page} />;
    default:
      return <Ended model={model} live={live} page={props.page} />;
  }
}

function Running(props: { model: CardModel; live: ILive }): JSX.Element {
  const { trans } = useFace();
  const { model, live } = props;
  const share = progressShare(live.progress);
  return (
    <div className="jp-ft-Live">
      <CardConsent campaign={model.campaign} />
      <Stalled campaign={model.campaign} stalled={live.stalled} />
      <div className="jp-ft-Stages">
        {model.trial !== BASE && <Stages live={live} />}
        {share !== null && (
          <span
            className="jp-ft-Progress"
            role="progressbar"
            aria-label={
              live.stage === 'evaluate' ? trans.__('evaluation items') : trans.__('training steps')
            }
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(100 * share)}
          >
            <span style={{ width: `${(100 * share).toFixed(1)}%` }} />
          </span>
        )}
        <span className="jp-ft-Live-text">{runningText(model.trial, live, trans)}</span>
        <Sparkline rows={model.curve} />
        <span className="jp-ft-spring" />
        <button
          className="jp-ft-button"
          disabled={model.busy || live.stopping !== null}
          onClick={() => void model.act({ action: 'stop_trial' })}
        >
          {live.stopping ? trans.__('Stopping…') : trans.__('Stop')}
        </button>
      </div>
    </div>
  );
}

/** The three stages with a sign, a word and a time each. */
export function Stages(props: { live: ILive }): JSX.Element {
  const { trans } = useFace();
  const { live } = props;
  const done = new Map(live.stages_done.map(stage => [stage.stage, stage]));
  return (
    <span className="jp-ft-Stages-list">
      {STAGES.map(stage => {
        const ended = done.get(stage);
        const now = !ended && live.stage === stage;
        return (
          <span
            key={stage}
            className={
              ended ? 'jp-ft-Stage jp-mod-done' : now ? 'jp-ft-Stage jp-mod-now' : 'jp-ft-Stage'
            }
          >
            <span aria-hidden="true">{ended ? '✓' : now ? '▷' : '·'}</span> {stage}{' '}
            <span className="jp-ft-muted">
              {ended ? stageText(ended, trans) : now ? nowText(live, trans) : ''}
            </span>
          </span>
        );
      })}
    </span>
  );
}

/** What is done beside the stages, which name the present one already. */
function runningText(
  trial: string,
  live: ILive,
  trans: ReturnType<typeof useFace>['trans']
): string {
  const gone = live.stalled?.kind === 'gone';
  const progress =
    live.progress && gone ? { ...live.progress, seconds_left: null } : live.progress;
  if (trial === BASE && progress) {
    return doingText(trial, progress, trans);
  }
  if (progressShare(progress) !== null) {
    return progressText(progress, trans);
  }
  return live.stage ? '' : clean(live.outcome);
}

function nowText(live: ILive, trans: ReturnType<typeof useFace>['trans']): string {
  return live.stalled?.kind === 'gone' ? trans.__('stands still') : trans.__('now');
}

function stageText(stage: IStageDone, trans: ReturnType<typeof useFace>['trans']): string {
  return stage.cached_from
    ? trans.__('cached from %1', stage.cached_from)
    : isNumber(stage.seconds)
      ? duration(stage.seconds)
      : '';
}

/** Another proposal of its group was chosen; nobody vetoed it. */
function SetAside(props: { model: CardModel; live: ILive }): JSX.Element {
  const { trans } = useFace();
  const { model, live } = props;
  return (
    <div className="jp-ft-Live">
      <p className="jp-ft-Live-head">{clean(live.outcome)}</p>
      <div className="jp-ft-Actions">
        <button
          className="jp-ft-button"
          disabled={model.busy}
          onClick={() => void model.decide({ decision: 'undo_veto' })}
        >
          {trans.__('Take it up again')}
        </button>
        <ProposeNext model={model} />
      </div>
    </div>
  );
}

interface IEndProps {
  model: CardModel;
  live: ILive;
  /** Whether it stands on its own page already. */
  page?: boolean;
}

function Scored(props: IEndProps): JSX.Element {
  const { trans } = useFace();
  const { model, live } = props;
  return (
    <div className="jp-ft-Live">
      {!props.page && (
        <p className="jp-ft-Live-head">
          <strong className="jp-ft-Live-score">{live.score?.text}</strong>{' '}
          {[
            live.verdict?.sentence ?? live.outcome,
            live.verdict && live.verdict_baseline,
            live.general
          ]
            .filter(Boolean)
            .join('; ')}
          {live.best && <span className="jp-ft-Best"> ★ {trans.__('best so far')}</span>}
        </p>
      )}
      {live.prediction.observed !== null && (
        <div className="jp-ft-Live-prediction">
          <PredictionBars
            predicted={live.prediction}
            observed={live.prediction.observed}
            interval={observedInterval(live)}
          />
          <p>{live.prediction.sentence}</p>
        </div>
      )}
      <Stages live={live} />
      <Analysis live={live} />
      {!props.page && <WrongAnswers wrong={live.wrong} />}
      <div className="jp-ft-Actions">
        <ProposeNext model={model} primary />
        {!props.page && <OpenPage model={model} />}
      </div>
    </div>
  );
}

function observedInterval(live: ILive): { low: number | null; high: number | null } | null {
  const { verdict } = live;
  return verdict && isNumber(verdict.low) && isNumber(verdict.high)
    ? { low: verdict.low, high: verdict.high }
    : null;
}

function Ended(props: IEndProps): JSX.Element {
  const { trans } = useFace();
  const { model, live } = props;
  return (
    <div className="jp-ft-Live">
      {!props.page && (
        <p className="jp-ft-Live-head">
          <span aria-hidden="true">{live.mark}</span> {live.outcome}
        </p>
      )}
      <Stages live={live} />
      <Checks live={live} />
      {live.failure?.traceback && (
        <details>
          <summary>{trans.__('Traceback')}</summary>
          <pre className="jp-ft-pre">{live.failure.traceback}</pre>
        </details>
      )}
      <Analysis live={live} />
      {!model.draft && (
        <div className="jp-ft-Actions">
          <ProposeNext model={model} primary />
          <button
            className="jp-ft-button"
            disabled={model.busy || !model.retryable}
            title={trans.__('Edit its cells; what you save becomes a new proposal')}
            onClick={() => model.startEditing()}
          >
            {trans.__('Edit and retry')}
          </button>
          {!props.page && <OpenPage model={model} />}
        </div>
      )}
    </div>
  );
}

/** The checks that did not pass. */
export function Checks(props: { live: ILive }): JSX.Element | null {
  const failed = props.live.checks.filter(check => !check.passed);
  return failed.length === 0 ? null : (
    <ul className="jp-ft-Findings">
      {failed.map((check, index) => (
        <li key={index}>
          <span aria-hidden="true">✕</span> <strong>{check.check}</strong> {check.message}
        </li>
      ))}
    </ul>
  );
}

/** What the agent made of the result. */
export function Analysis(props: { live: ILive }): JSX.Element | null {
  const text = props.live.analysis?.text;
  return text ? <p className="jp-ft-Analysis">{clean(text)}</p> : null;
}

function OpenPage(props: { model: CardModel }): JSX.Element {
  const { commands, trans } = useFace();
  const { model } = props;
  return (
    <button
      className="jp-ft-button"
      disabled={model.campaign === null}
      onClick={() =>
        void commands.execute(CommandIDs.openTrial, {
          campaign: model.campaign,
          trial: model.trial
        })
      }
    >
      {trans.__('Open page')}
    </button>
  );
}
