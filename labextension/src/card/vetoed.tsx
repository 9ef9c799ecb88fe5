/**
 * A vetoed trial: why, how that was understood, and the way to correct it.
 */

import React from 'react';
import { ILive, IUnderstood, IWish } from '../api/documents';
import { useFace } from '../face';
import { actorName, clean } from '../words/text';
import { CardModel } from './model';
import { ProposeNext } from './next';

/** The part of a card that tells of its veto. */
export function Vetoed(props: { model: CardModel; live: ILive }): JSX.Element {
  const { trans } = useFace();
  const { model, live } = props;
  const [correcting, setCorrecting] = React.useState(false);
  const card = model.card!;
  const reason = clean(live.decided?.reason ?? '');
  const who = byWhom(live.decided?.actor, card.you, trans);
  const understood = card.understood ?? live.decided?.understood ?? null;
  return (
    <div className="jp-ft-Live">
      <p className="jp-ft-Live-head">
        {reason ? trans.__('vetoed by %1: “%2”', who, reason) : trans.__('vetoed by %1', who)}
      </p>
      {understood && <Understood understood={understood} you={card.you} />}
      {correcting && understood ? (
        <CorrectForm model={model} understood={understood} onDone={() => setCorrecting(false)} />
      ) : (
        <div className="jp-ft-Actions">
          {understood && (
            <button
              className="jp-ft-button"
              disabled={model.busy || model.campaign === null}
              onClick={() => setCorrecting(true)}
            >
              {trans.__('Correct…')}
            </button>
          )}
          <button
            className="jp-ft-button"
            disabled={model.busy || model.campaign === null}
            onClick={() => void model.decide({ decision: 'undo_veto' })}
          >
            {trans.__('Undo')}
          </button>
          <ProposeNext model={model} />
        </div>
      )}
    </div>
  );
}

/** "understood as  avoid: more rows · try: another learning rate". */
function Understood(props: { understood: IUnderstood; you: string | undefined }): JSX.Element {
  const { trans } = useFace();
  const { understood, you } = props;
  const nothing = understood.avoid.length + understood.try.length === 0;
  return (
    <p className="jp-ft-Understood" role="status">
      {nothing ? (
        trans.__('kept as a note for the agent; no change is ruled out by it')
      ) : (
        <>
          <span className="jp-ft-muted">{trans.__('understood as')}</span>
          <Wishes term={trans.__('avoid:')} wishes={understood.avoid} />
          <Wishes term={trans.__('try:')} wishes={understood.try} />
        </>
      )}
      {!understood.by.startsWith('program') && (
        <span className="jp-ft-muted">
          {trans.__('read by %1', byWhom(understood.by, you, trans))}
        </span>
      )}
    </p>
  );
}

function Wishes(props: { term: string; wishes: readonly IWish[] }): JSX.Element | null {
  return props.wishes.length === 0 ? null : (
    <span>
      {props.term} <strong>{props.wishes.map(wish => clean(wish.words)).join(', ')}</strong>
    </span>
  );
}

interface ICorrectProps {
  model: CardModel;
  understood: IUnderstood;
  onDone: () => void;
}

/** Two lists to take from and add to: what to avoid, what to try. */
function CorrectForm(props: ICorrectProps): JSX.Element {
  const { trans } = useFace();
  const { model, understood } = props;
  const [avoid, setAvoid] = React.useState<IWish[]>(understood.avoid);
  const [wanted, setWanted] = React.useState<IWish[]>(understood.try);
  const readings = model.card?.readings ?? [];
  const save = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    const body = { avoid: avoid.map(named), try: wanted.map(named) };
    if (await model.decide({ decision: 'correct', ...body })) {
      props.onDone();
    }
  };
  return (
    <form
      className="jp-ft-Correct"
      aria-label={trans.__('How the veto of %1 is understood', model.trial)}
      onSubmit={event => void save(event)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          props.onDone();
        }
      }}
    >
      <WishList
        legend={trans.__('avoid')}
        wishes={avoid}
        readings={readings}
        first
        onChange={setAvoid}
      />
      <WishList
        legend={trans.__('try')}
        wishes={wanted}
        readings={readings}
        onChange={setWanted}
      />
      <p className="jp-ft-muted">
        {trans.__('With nothing in either list, your words are kept as a note for the agent.')}
      </p>
      <div className="jp-ft-Actions">
        <button className="jp-ft-button jp-mod-primary" disabled={model.busy}>
          {trans.__('Save')}
        </button>
        <button type="button" className="jp-ft-button" onClick={props.onDone}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

interface IWishListProps {
  legend: string;
  wishes: IWish[];
  readings: readonly IWish[];
  /** Whether it takes the focus when the form opens. */
  first?: boolean;
  onChange: (wishes: IWish[]) => void;
}

function WishList(props: IWishListProps): JSX.Element {
  const { trans } = useFace();
  const { legend, wishes, onChange } = props;
  const add = React.useRef<HTMLSelectElement>(null);
  const isFirst = props.first ?? false;
  React.useEffect(() => {
    if (isFirst) {
      add.current?.focus();
    }
  }, [isFirst]);
  const left = props.readings.filter(one => !wishes.some(wish => wish.key === one.key));
  return (
    <fieldset className="jp-ft-WishList">
      <legend>{legend}</legend>
      {wishes.map(wish => (
        <button
          type="button"
          key={wish.key}
          className="jp-ft-Chip jp-mod-button"
          aria-label={trans.__('Take “%1” out', clean(wish.words))}
          onClick={() => {
            onChange(wishes.filter(other => other.key !== wish.key));
            add.current?.focus();
          }}
        >
          {clean(wish.words)} <span aria-hidden="true">×</span>
        </button>
      ))}
      <select
        ref={add}
        className="jp-ft-select"
        aria-label={trans.__('Add to “%1”', legend)}
        value=""
        onChange={event => {
          const found = left.find(one => one.key === event.target.value);
          if (found) {
            onChange([...wishes, found]);
          }
        }}
      >
        <option value="">{trans.__('add…')}</option>
        {left.map(one => (
          <option key={one.key} value={one.key}>
            {clean(one.words)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

/** How the server is told of a wish; words hold the value that was named. */
function named(wish: IWish): string {
  return wish.value === undefined ? wish.key : wish.words;
}

/** Who did something: "you" for the reader. */
export function byWhom(
  actor: string | undefined,
  you: string | undefined,
  trans: ReturnType<typeof useFace>['trans']
): string {
  return actor !== undefined && actor === you ? trans.__('you') : actorName(actor);
}
