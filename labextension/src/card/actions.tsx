/**
 * The buttons of a card, and the form that asks why.
 */

import React from 'react';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { CardModel } from './model';
import { commonReasons } from './reasons';

/** What a card's buttons need. */
export interface IActionsProps {
  model: CardModel;
  vetoing: boolean;
  onVeto: (open: boolean) => void;
  onInsert: () => void;
}

/** The buttons of a proposal. */
export function ProposalActions(props: IActionsProps): JSX.Element {
  const { trans, commands } = useFace();
  const { model } = props;
  const card = model.card!;
  if (model.draft) {
    return <EditActions model={model} />;
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
      <button
        className="jp-ft-button"
        data-ft-action="edit"
        disabled={off}
        onClick={() => model.startEditing()}
      >
        {trans.__('Edit')}
      </button>
      <button
        className="jp-ft-button"
        disabled={off}
        aria-expanded={props.vetoing}
        onClick={() => props.onVeto(!props.vetoing)}
      >
        {trans.__('Veto…')}
      </button>
      <button className="jp-ft-button" disabled={off} onClick={() => ask('alternatives')}>
        {trans.__('Alternatives')}
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

function EditActions(props: { model: CardModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  return (
    <div className="jp-ft-Actions" role="group" aria-label={trans.__('Edit the cells')}>
      <button
        className="jp-ft-button jp-mod-primary"
        disabled={model.busy || !model.open}
        onClick={() => void model.saveEdits()}
      >
        {trans.__('Save edits')}
      </button>
      <button className="jp-ft-button" disabled={model.busy} onClick={() => model.cancelEditing()}>
        {trans.__('Cancel')}
      </button>
      <span className="jp-ft-muted">
        {trans.__('What you write is what will run; it is credited to you.')}
      </span>
    </div>
  );
}

/** Asks why; sends nothing without a reason. */
export function VetoForm(props: { model: CardModel; onDone: () => void }): JSX.Element {
  const { trans } = useFace();
  const [reason, setReason] = React.useState('');
  const [asked, setAsked] = React.useState(false);
  const input = React.useRef<HTMLInputElement>(null);
  const id = React.useId();
  React.useEffect(() => input.current?.focus(), []);
  const missing = reason.trim() === '';
  const send = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (missing) {
      setAsked(true);
      input.current?.focus();
      return;
    }
    if (await props.model.decide({ decision: 'veto', reason: reason.trim() })) {
      props.onDone();
    }
  };
  return (
    <form
      className="jp-ft-Veto"
      onSubmit={event => void send(event)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          props.onDone();
        }
      }}
    >
      <label htmlFor={id}>{trans.__('Why not? The next proposal will be told.')}</label>
      <div className="jp-ft-Chips">
        {commonReasons(trans).map(text => (
          <button
            type="button"
            key={text}
            className="jp-ft-Chip jp-mod-button"
            aria-pressed={reason === text}
            onClick={() => {
              setReason(text);
              input.current?.focus();
            }}
          >
            {text}
          </button>
        ))}
      </div>
      <div className="jp-ft-Veto-line">
        <input
          id={id}
          ref={input}
          className="jp-ft-input"
          value={reason}
          maxLength={2000}
          aria-required
          aria-invalid={asked && missing}
          aria-describedby={asked && missing ? `${id}-why` : undefined}
          onChange={event => setReason(event.target.value)}
        />
        <button className="jp-ft-button jp-mod-warn" disabled={props.model.busy}>
          {trans.__('Veto')}
        </button>
        <button type="button" className="jp-ft-button" onClick={props.onDone}>
          {trans.__('Cancel')}
        </button>
      </div>
      {asked && missing && (
        <p id={`${id}-why`} className="jp-ft-warning" role="alert">
          {trans.__('A veto needs a reason: it steers the next proposal.')}
        </p>
      )}
    </form>
  );
}
