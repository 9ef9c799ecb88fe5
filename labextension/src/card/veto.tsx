/**
 * The form that asks why: the same for the mouse, the keyboard and the command palette.
 */

import React from 'react';
import { useFace } from '../face';
import { CardModel } from './model';
import { commonReasons } from './reasons';

/** Asks why; nothing is filled in, and nothing is sent without a reason. */
export function VetoForm(props: { model: CardModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  const [reason, setReason] = React.useState('');
  const [asked, setAsked] = React.useState(false);
  const input = React.useRef<HTMLInputElement>(null);
  const id = React.useId();
  // Asked for once more, it takes the focus once more.
  React.useEffect(() => {
    input.current?.focus();
    input.current?.scrollIntoView?.({ block: 'nearest' });
  }, [model.vetoing]);
  const missing = reason.trim() === '';
  const send = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (missing) {
      setAsked(true);
      input.current?.focus();
    } else if (await model.decide({ decision: 'veto', reason: reason.trim() })) {
      model.endVeto();
    }
  };
  return (
    <form
      className="jp-ft-Veto"
      aria-label={trans.__('Veto %1', model.trial)}
      onSubmit={event => void send(event)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          model.endVeto();
        }
      }}
    >
      <label htmlFor={id}>
        {trans.__('Why not? Say what to avoid, and what to try instead.')}
      </label>
      <div className="jp-ft-Veto-line">
        <input
          id={id}
          ref={input}
          className="jp-ft-input"
          value={reason}
          maxLength={2000}
          autoComplete="off"
          aria-required
          aria-invalid={asked && missing}
          aria-describedby={asked && missing ? `${id}-why` : undefined}
          onChange={event => setReason(event.target.value)}
        />
        <button className="jp-ft-button jp-mod-warn" disabled={model.busy}>
          {trans.__('Veto')}
        </button>
        <button type="button" className="jp-ft-button" onClick={() => model.endVeto()}>
          {trans.__('Cancel')}
        </button>
      </div>
      {asked && missing && (
        <p id={`${id}-why`} className="jp-ft-warning" role="alert">
          {trans.__('A veto needs a reason: it steers the next proposal.')}
        </p>
      )}
      <div className="jp-ft-Chips" role="group" aria-label={trans.__('Reasons given often')}>
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
    </form>
  );
}
