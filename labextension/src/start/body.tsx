/**
 * The body of the dialog: task, model, budget, review, agent, folder; the command; the progress.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { IMaking, IStartModel, IStartTask } from '../api/documents';
import { useVersion } from '../face';
import { bytes, memory } from '../words/numbers';
import { clean } from '../words/text';
import { Command } from './command';
import { Choice, Entry, Tick } from './fields';
import { chosenModel, chosenTask } from './form';
import { NewCampaign } from './model';
import { OwnPart } from './own_body';
import { OWN } from './own_form';
import { WORDS } from './words';
import { WordsPart } from './words_body';

interface IPartProps {
  model: NewCampaign;
  trans: TranslationBundle;
}

/** The form, and what it does as a command. */
export function StartForm(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  useVersion(model);
  return (
    <div className="jp-ft-Start">
      <fieldset className="jp-ft-Start-fields" disabled={model.busy}>
        <legend className="jp-ft-hidden">{trans.__('What the campaign is about')}</legend>
        <TaskChoice {...props} />
        <DraftsLeft {...props} />
        {model.form.task === OWN && <OwnPart own={model.own} trans={trans} />}
        {model.form.task === WORDS && (
          <WordsPart
            words={model.words}
            available={model.start.agents.some(
              ({ key, available }) => key !== 'playbook' && available
            )}
            trans={trans}
          />
        )}
        <ModelChoice {...props} />
        <Budget {...props} />
        <Rest {...props} />
      </fieldset>
      <Command text={model.command} trans={trans} />
      {model.making && (
        <InSight>
          <Progress making={model.making} trans={trans} />
        </InSight>
      )}
      {model.problem && (
        <InSight>
          <p className="jp-ft-warning" role="alert">
            {clean(model.problem)}
          </p>
        </InSight>
      )}
    </div>
  );
}

/** What comes into sight when it appears: on a low screen the form is longer than the dialog. */
function InSight(props: { children: React.ReactNode }): JSX.Element {
  const node = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    // Newer browsers give a promise here, which React would take for a clean-up.
    node.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return <div ref={node}>{props.children}</div>;
}

function TaskChoice(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const { tasks } = model.start;
  const own = tasks.filter(task => task.own);
  const chosen = chosenTask(model.form, model.start);
  const options = (some: IStartTask[]): JSX.Element[] =>
    some.map(task => (
      <option key={task.key} value={task.key} disabled={task.problem !== ''}>
        {task.problem
          ? trans.__('%1: its card cannot be read', clean(task.key))
          : `${clean(task.key)} — ${clean(task.title)}`}
      </option>
    ));
  return (
    <Choice
      model={model}
      field="task"
      label={trans.__('Task')}
      options={
        <>
          {own.length > 0 && (
            <optgroup label={trans.__('Your own, in ./tasks')}>{options(own)}</optgroup>
          )}
          <option value={OWN}>{trans.__('from my own files…')}</option>
          <option value={WORDS}>{trans.__('from a sentence and a file, drafted…')}</option>
          <optgroup label={trans.__('Catalog')}>
            {options(tasks.filter(task => !task.own))}
          </optgroup>
        </>
      }
    >
      {chosen && (
        <p>
          {[chosen.domain, chosen.metric, licence(chosen.licence, trans)].map(clean).join(' · ')}
          {!chosen.here && ` · ${trans.__('its data is not here yet and is fetched first')}`}
        </p>
      )}
    </Choice>
  );
}

/** Drafts of tasks that were begun before and not sealed: a page was closed, or a person left. */
function DraftsLeft(props: IPartProps): JSX.Element | null {
  const { model, trans } = props;
  const { left } = model.words;
  if (left.length === 0) {
    return null;
  }
  return (
    <div className="jp-ft-Start-row" role="group" aria-label={trans.__('Drafts begun before')}>
      <span>{trans.__('Drafts')}</span>
      <div className="jp-ft-Start-left">
        <span className="jp-ft-Start-note">{trans.__('Begun before and not sealed:')}</span>
        {left.map(draft => (
          <button
            key={draft.name}
            type="button"
            className="jp-ft-button"
            onClick={() => void model.goOn(draft)}
          >
            {trans.__('Go on with %1', clean(draft.name))}
          </button>
        ))}
      </div>
    </div>
  );
}

function ModelChoice(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const chosen = chosenModel(model.form, model.start);
  return (
    <>
      <Choice
        model={model}
        field="model"
        label={trans.__('Model')}
        options={model.start.models.map(known => (
          <option key={known.key} value={known.key}>
            {[known.key, known.size, standing(known, trans)]
              .filter(Boolean)
              .map(clean)
              .join(' · ')}
          </option>
        ))}
      >
        {chosen && <ModelFacts known={chosen} memoryMb={model.start.memory_mb} trans={trans} />}
      </Choice>
      {chosen && !chosen.here && (
        <Tick
          model={model}
          field="fetch"
          label={trans.__(
            'fetch it first: %1 MB, licence %2',
            chosen.fetch_mb.toLocaleString('en'),
            clean(chosen.licence)
          )}
        />
      )}
    </>
  );
}

/** Whether a model is here, in words. */
function standing(known: IStartModel, trans: TranslationBundle): string {
  if (known.teaching) {
    return trans.__('teaching stand-in');
  }
  return known.here ? trans.__('installed') : trans.__('not here yet');
}

function ModelFacts(props: {
  known: IStartModel;
  memoryMb: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { known, memoryMb, trans } = props;
  const { lora, full } = known.needs;
  const facts = [
    known.title,
    licence(known.licence, trans),
    known.commercial ? '' : trans.__('no commercial use'),
    known.gated && !known.here ? trans.__('accept its terms first at %1', known.page) : ''
  ];
  return (
    <>
      <p>{facts.filter(Boolean).map(clean).join(' · ')}</p>
      {known.good_for && <p>{clean(known.good_for)}</p>}
      {lora !== undefined && full !== undefined && (
        <p className={known.fits.length === 0 ? 'jp-ft-Start-caution' : undefined}>
          {trans.__(
            'Training takes about %1 (adapters) or %2 (all weights) and what its rows need; this machine has %3.',
            memory(lora),
            memory(full),
            memory(memoryMb)
          )}{' '}
          {known.fits.length === 0 && trans.__('It will hardly fit.')}
        </p>
      )}
    </>
  );
}

function Budget(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  return (
    <div className="jp-ft-Start-row" role="group" aria-label={trans.__('Budget')}>
      <span>{trans.__('Budget')}</span>
      <div className="jp-ft-Start-entries">
        <Entry model={model} field="trials" label={trans.__('Trials')} />
        <Entry model={model} field="rows" label={trans.__('Rows a trial')} />
        <Entry model={model} field="seconds" label={trans.__('Seconds in all')} />
        {model.form.agent !== 'playbook' && (
          <Entry model={model} field="usd" label={trans.__('US dollars for calls')} />
        )}
        <Entry
          model={model}
          field="device_hours"
          label={trans.__('Device-hours')}
          note={model.form.device_hours === '' ? trans.__('Empty for no such cap.') : ''}
        />
      </div>
    </div>
  );
}

function Rest(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const reviews: [string, string][] = [
    ['always', trans.__('every proposal waits for you')],
    ['timeout 60', trans.__('a proposal waits for 60 seconds')],
    ['never', trans.__('no proposal waits: the agent goes on by itself')]
  ];
  const names: { [key: string]: string } = {
    playbook: trans.__('playbook: rules, asks nobody, costs nothing'),
    anthropic: trans.__('language model: its calls cost money')
  };
  const searches: { [key: string]: string } = {
    greedy: trans.__('greedy: grows the best trial, and mends what failed'),
    sequential: trans.__('sequential: each trial grows from the last'),
    ftassist: trans.__('ftassist: what should raise the recommended trial most, a second'),
    'ftassist-parts': trans.__('ftassist-parts: the same, with trials run in part first'),
    uct: trans.__('uct: tree search that also tries what was tried little'),
    asha: trans.__('asha: runs trials in part first, and the better ones on'),
    tpe: trans.__('tpe: an optimiser chooses the numbers inside one idea'),
    aide: trans.__('aide: grows the best trial, and mends failed ones by lot'),
    cmaes: trans.__('cmaes: the same, by an evolution strategy'),
    random: trans.__('random: any trial, to compare with')
  };
  return (
    <>
      <div className="jp-ft-Start-row" role="group" aria-label={trans.__('Scored on')}>
        <span>{trans.__('Scored on')}</span>
        <div className="jp-ft-Start-entries">
          <Entry model={model} field="validation" label={trans.__('Validation items')} />
          <Entry model={model} field="test" label={trans.__('Test items')} />
          <span className="jp-ft-Start-note">
            {trans.__('Leave empty for all. Fewer are quicker and show less.')}
          </span>
        </div>
      </div>
      <Choice
        model={model}
        field="review"
        label={trans.__('Review')}
        options={reviews.map(([mode, words]) => (
          <option key={mode} value={mode}>
            {words}
          </option>
        ))}
      />
      <Choice
        model={model}
        field="agent"
        label={trans.__('Agent')}
        options={model.start.agents.map(({ key, available }) => (
          <option key={key} value={key} disabled={!available}>
            {available ? names[key] : trans.__('language model: the server has no key for one')}
          </option>
        ))}
      />
      {model.form.agent !== 'playbook' && (
        <Tick
          model={model}
          field="look_outside"
          label={trans.__('it may look for papers on arXiv and for data sets on the Hub')}
          note={trans.__('What it asks for leaves this machine, in its own words.')}
        />
      )}
      <Choice
        model={model}
        field="policy"
        label={trans.__('Search')}
        options={model.start.policies.map(({ key, available }) => (
          <option key={key} value={key} disabled={!available}>
            {available ? (searches[key] ?? key) : trans.__('%1: needs ftassist[search]', key)}
          </option>
        ))}
      />
      <div className="jp-ft-Start-row" role="group" aria-label={trans.__('Proposals')}>
        <span>{trans.__('Proposals')}</span>
        <div className="jp-ft-Start-entries">
          <Entry model={model} field="variants" label={trans.__('At once, at most')} />
          <span className="jp-ft-Start-note">
            {trans.__(
              'More than one differ on purpose: bold, cheap, and one for the rival cause.'
            )}
          </span>
        </div>
      </div>
      <Executor {...props} />
      <div className="jp-ft-Start-row">
        <span>{trans.__('Place')}</span>
        <div className="jp-ft-Start-entries">
          <Entry
            model={model}
            field="folder"
            label={trans.__('Folder')}
            note={model.form.folder === '' ? trans.__('Empty for the next free one.') : ''}
            wide
          />
        </div>
      </div>
    </>
  );
}

function Executor(props: IPartProps): JSX.Element {
  const { model, trans } = props;
  const names = {
    local: trans.__('this machine'),
    ray: trans.__('the nodes of a Ray cluster')
  };
  return (
    <>
      <Choice
        model={model}
        field="executor"
        label={trans.__('Run on')}
        options={model.start.executors.map(({ key, available }) => (
          <option key={key} value={key} disabled={!available}>
            {available ? names[key] : trans.__('%1: needs ftassist[ray]', names[key])}
          </option>
        ))}
      />
      {model.form.executor === 'ray' && (
        <div className="jp-ft-Start-row" role="group" aria-label={trans.__('Cluster')}>
          <span>{trans.__('Cluster')}</span>
          <div className="jp-ft-Start-entries">
            <Entry model={model} field="address" label={trans.__('Address')} wide />
            <span className="jp-ft-Start-note">
              {trans.__('auto is the cluster that this machine belongs to.')}
            </span>
          </div>
        </div>
      )}
    </>
  );
}

function Progress(props: { making: IMaking; trans: TranslationBundle }): JSX.Element {
  const { making, trans } = props;
  const known = making.total > 0;
  const far = known ? trans.__('%1 of %2', bytes(making.done), bytes(making.total)) : '';
  return (
    <div className="jp-ft-Start-progress" role="status">
      <progress
        aria-label={trans.__('Progress')}
        max={known ? making.total : undefined}
        value={known ? making.done : undefined}
      />
      <span>{[making.doing, far].filter(Boolean).map(clean).join(' · ')}</span>
    </div>
  );
}

function licence(text: string, trans: TranslationBundle): string {
  return text ? trans.__('licence %1', text) : '';
}
