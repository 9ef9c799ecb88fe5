/**
 * The playground: one prompt to a trial's model, its parent and the base, side by side.
 */

import React from 'react';
import { INoted, ITrialPage } from '../api/documents';
import { TrialLink } from '../card/link';
import { useFace, useVersion } from '../face';
import { clean } from '../words/text';
import { phaseText } from './answers';
import { CUT_AT } from './batch';
import { IAsking, PlaygroundModel } from './model';
import { WrongAgain } from './wrong_again';

interface IProps {
  model: PlaygroundModel;
  page: ITrialPage;
}

/** The tab of the playground. */
export function Playground(props: IProps): JSX.Element {
  const { trans } = useFace();
  const { model, page } = props;
  useVersion(model);
  if (page.status !== 'scored') {
    return (
      <p className="jp-ft-empty">
        {trans.__('A trial can be asked once it is scored: then its model is known.')}
      </p>
    );
  }
  return (
    <div className="jp-ft-Playground">
      <Form {...props} />
      {model.problem && (
        <p className="jp-ft-warning" role="alert">
          {clean(model.problem)}
        </p>
      )}
      <Answers {...props} />
      <Rendered model={model} />
      <WrongAgain model={model} page={page} />
      <Kept model={model} notes={page.notes ?? []} />
    </div>
  );
}

function Form(props: IProps): JSX.Element {
  const { trans } = useFace();
  const { model, page } = props;
  const { form, busy } = model;
  const kept = (page.notes ?? []).some(note => note.text === form.prompt.trim());
  const empty = form.prompt.trim() === '';
  const fromWrong = page.wrong.find(item => item.prompt === form.prompt);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !empty) {
      event.preventDefault();
      event.stopPropagation();
      void model.ask();
    }
  };
  return (
    <form
      className="jp-ft-Playground-form"
      aria-label={trans.__('Ask by hand')}
      onSubmit={event => {
        event.preventDefault();
        void model.ask();
      }}
      onKeyDown={onKeyDown}
    >
      <label htmlFor={`jp-ft-ask-${page.id}-prompt`}>{trans.__('Prompt')}</label>
      <textarea
        id={`jp-ft-ask-${page.id}-prompt`}
        className="jp-ft-input"
        rows={4}
        value={form.prompt}
        onChange={event => model.set({ prompt: event.target.value })}
      />
      {fromWrong && [...fromWrong.prompt].length >= CUT_AT && (
        <p className="jp-ft-muted">
          {trans.__('Shown prompts end after %1 characters; this one may go on.', CUT_AT)}
        </p>
      )}
      <details className="jp-ft-Playground-system" open={form.system !== '' || undefined}>
        <summary>{trans.__('System turn')}</summary>
        <textarea
          className="jp-ft-input"
          rows={2}
          aria-label={trans.__('System turn')}
          value={form.system}
          onChange={event => model.set({ system: event.target.value })}
        />
      </details>
      <div className="jp-ft-Playground-line">
        <Sampling model={model} />
        <span className="jp-ft-Playground-buttons">
          <button
            className="jp-ft-button jp-mod-primary"
            type="submit"
            disabled={busy || model.batch.busy || empty}
          >
            {trans.__('Ask')}
          </button>
          <button
            className="jp-ft-button"
            type="button"
            disabled={!busy}
            onClick={() => model.cancel()}
          >
            {trans.__('Cancel')}
          </button>
          <button
            className="jp-ft-button jp-mod-quiet"
            type="button"
            disabled={empty || kept}
            title={trans.__('Write the prompt down with this trial; the agent does not see it')}
            onClick={() => void model.keep()}
          >
            {kept ? trans.__('Prompt kept') : trans.__('Keep prompt')}
          </button>
        </span>
      </div>
      <p className="jp-ft-muted">
        {trans.__(
          'Nothing asked here counts as evaluation, and the agent does not hear of it. Ctrl Enter asks.'
        )}
      </p>
    </form>
  );
}

function Sampling(props: { model: PlaygroundModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  const { form } = model;
  return (
    <span className="jp-ft-Playground-settings">
      <select
        className="jp-ft-select"
        aria-label={trans.__('How tokens are chosen')}
        value={form.sampled ? 'sampled' : 'greedy'}
        onChange={event => model.set({ sampled: event.target.value === 'sampled' })}
      >
        <option value="greedy">{trans.__('greedy, as trials are scored')}</option>
        <option value="sampled">{trans.__('sampled')}</option>
      </select>
      {form.sampled && (
        <>
          <Setting model={model} field="temperature" label={trans.__('temperature')} />
          <Setting model={model} field="topP" label={trans.__('top p')} />
          <Setting model={model} field="seed" label={trans.__('seed')} />
        </>
      )}
      <Setting
        model={model}
        field="most"
        label={trans.__('most tokens')}
        hint={trans.__('as the task')}
      />
    </span>
  );
}

function Setting(props: {
  model: PlaygroundModel;
  field: Exclude<keyof IAsking, 'sampled'>;
  label: string;
  hint?: string;
}): JSX.Element {
  const { model, field, label, hint } = props;
  return (
    <label className="jp-ft-Playground-setting">
      {label}
      <input
        className="jp-ft-input"
        inputMode="decimal"
        autoComplete="off"
        placeholder={hint}
        value={model.form[field]}
        onChange={event => model.set({ [field]: event.target.value })}
      />
    </label>
  );
}

function Answers(props: IProps): JSX.Element {
  const { trans } = useFace();
  const { model, page } = props;
  const asked = model.answers.find(answer =>
    ['loading', 'answering', 'waiting'].includes(answer.phase)
  );
  const status = model.busy
    ? asked
      ? trans.__('%1: %2', asked.trial, phaseText(asked, trans))
      : trans.__('Starting the process that answers…')
    : '';
  return (
    <>
      <p className="jp-ft-Playground-status jp-ft-muted" role="status">
        {status}
      </p>
      {model.answers.length > 0 && (
        <ul className="jp-ft-Playground-answers" aria-label={trans.__('Answers')}>
          {model.answers.map(answer => (
            <li key={answer.trial} className="jp-ft-Playground-answer">
              <h3>
                <TrialLink campaign={model.campaign} trial={answer.trial} />{' '}
                <span className="jp-ft-muted">{roleOf(answer.trial, page, trans)}</span>
              </h3>
              {answer.problem ? (
                <p className="jp-ft-warning">{clean(answer.problem)}</p>
              ) : (
                <pre>{clean(answer.text)}</pre>
              )}
              <p className="jp-ft-muted">{phaseText(answer, trans)}</p>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type Trans = ReturnType<typeof useFace>['trans'];

function roleOf(trial: string, page: ITrialPage, trans: Trans): string {
  if (trial === page.id) {
    return trial === 't0000' ? trans.__('the base') : trans.__('this trial');
  }
  return trial === 't0000' ? trans.__('the base') : trans.__('its parent');
}

function Rendered(props: { model: PlaygroundModel }): JSX.Element | null {
  const { trans } = useFace();
  const { rendered } = props.model;
  if (!rendered) {
    return null;
  }
  return (
    <details className="jp-ft-Playground-rendered">
      <summary>{trans.__('The prompt as the models get it, %1 tokens', rendered.tokens)}</summary>
      <pre className="jp-ft-pre">{clean(rendered.text)}</pre>
    </details>
  );
}

function Kept(props: { model: PlaygroundModel; notes: readonly INoted[] }): JSX.Element | null {
  const { trans } = useFace();
  const { model } = props;
  const prompts = props.notes.filter(note => note.kind === 'prompt');
  if (prompts.length === 0) {
    return null;
  }
  return (
    <section aria-label={trans.__('Kept prompts')}>
      <h3>{trans.__('Kept prompts')}</h3>
      <ul className="jp-ft-Playground-kept">
        {prompts.map((note, at) => (
          <li key={at}>
            <button
              className="jp-ft-link"
              title={trans.__('Fill it in')}
              onClick={() => model.fill(note.text)}
            >
              {clean(note.text)}
            </button>{' '}
            <span className="jp-ft-muted">{clean(note.actor.replace(/^person:/, ''))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
