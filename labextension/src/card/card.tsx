/**
 * The card of a trial: the proposal, the decision, and what becomes of it.
 */

import React from 'react';
import { ICard, STAGES, Stage } from '../api/documents';
import { useFace, useVersion } from '../face';
import { wordFor, mark } from '../words/marks';
import { duration, memory, money, range, score, tokens } from '../words/numbers';
import { actorName, clean, oneLine } from '../words/text';
import { ProposalActions } from './actions';
import { Alternatives } from './alternatives';
import { CellSection } from './cell';
import { EditForm } from './edit';
import { Findings } from './findings';
import { TrialLink } from './link';
import { LivePart } from './live';
import { CardModel } from './model';
import { noteCard } from './sight';
import { VetoForm } from './veto';
import { byWhom } from './vetoed';

/** What a card needs beside its model. */
export interface ICardProps {
  model: CardModel;
  /** Puts the three cells into a notebook. */
  onInsert: (card: ICard) => void;
  /** Whether it stands on a page of its own, where cells start open. */
  page?: boolean;
}

/** A card. */
export function ProposalCard(props: ICardProps): JSX.Element {
  const { model } = props;
  const { trans } = useFace();
  useVersion(model);
  const note = React.useCallback(
    (element: HTMLElement | null) => element && noteCard(element, model),
    [model]
  );
  const { card } = model;
  if (!card) {
    return (
      <div className="jp-ft-Card" role="group" aria-label={model.trial}>
        <p className="jp-ft-muted">{model.notice || trans.__('Reading %1…', model.trial)}</p>
      </div>
    );
  }
  const word = card.live?.word ?? (card.status === 'proposed' ? 'proposal' : card.status);
  const onInsert = (): void => props.onInsert(card);
  return (
    <div
      className={`jp-ft-Card jp-ft-is-${word} jp-ft-status-${card.status}`}
      role="group"
      aria-label={trans.__('%1, %2', card.trial, wordFor(word, trans))}
      data-ft-trial={card.trial}
      data-ft-campaign={model.campaign ?? ''}
      ref={note}
      onKeyDown={keepKeys}
    >
      <CardHead card={card} word={word} />
      <Connection model={model} />
      <p className="jp-ft-Statement">{clean(card.statement)}</p>
      <Facts card={card} campaign={model.campaign} />
      <Parameters card={card} />
      <Findings findings={card.findings ?? []} />
      <Cells model={model} open={props.page === true} />
      <div className="jp-ft-Notice" role="alert">
        {model.notice}
      </div>
      {card.status !== 'proposed' && model.draft && <EditForm model={model} />}
      {card.status === 'proposed' && (
        <>
          <ProposalActions model={model} onInsert={onInsert} />
          {model.vetoing > 0 && model.open && <VetoForm model={model} />}
          <Alternatives model={model} />
        </>
      )}
      {!props.page && <LivePart model={model} />}
      {model.vetoing > 0 && model.stoppable && <VetoForm model={model} />}
      <div className="jp-ft-hidden" role="status">
        {trans.__('%1: %2', card.trial, announcement(card, trans))}
      </div>
    </div>
  );
}

/** What a screen reader hears when the state changes; steps of a training are left out. */
function announcement(card: ICard, trans: ReturnType<typeof useFace>['trans']): string {
  if (card.status === 'running') {
    return trans.__('running, stage %1', card.live?.stage ?? trans.__('starting'));
  }
  return (
    card.live?.outcome ?? wordFor(card.status === 'proposed' ? 'proposal' : card.status, trans)
  );
}

/**
 * Keeps plain keys inside the card: a notebook around it must not take Enter on a button for
 * "edit this cell". Keys with Alt stay free for JupyterLab's shortcuts.
 */
export function keepKeys(event: React.KeyboardEvent): void {
  const combined = event.altKey || ((event.ctrlKey || event.metaKey) && event.key !== 'Enter');
  if (!combined && event.key !== 'Tab' && !/^F\d+$/.test(event.key)) {
    event.stopPropagation();
  }
}

function CardHead(props: { card: ICard; word: string }): JSX.Element {
  const { trans } = useFace();
  const { card, word } = props;
  return (
    <h3 className="jp-ft-Card-head">
      <span className="jp-ft-Mark" aria-hidden="true">
        {card.live?.mark ?? mark(word)}
      </span>{' '}
      {card.trial} · {wordFor(word, trans)}
      <span className="jp-ft-muted">{credits(card, word, trans)}</span>
    </h3>
  );
}

/** Who proposed and who edited it, so that nobody takes them for who decided. */
function credits(card: ICard, word: string, trans: ReturnType<typeof useFace>['trans']): string {
  const backend = clean(card.backend);
  const by =
    word === 'proposal' ? trans.__(' by %1', backend) : trans.__(' · proposed by %1', backend);
  const rule = card.rule ? trans.__(' (rule %1)', oneLine(card.rule, 60)) : '';
  const edited = card.author?.startsWith('person:')
    ? trans.__(' · edited by %1', byWhom(card.author, card.you, trans))
    : '';
  return `${backend && `${by}${rule}`}${edited}`;
}

function Connection(props: { model: CardModel }): JSX.Element | null {
  const { trans } = useFace();
  const { connection, card } = props.model;
  if (connection !== 'unknown') {
    return null;
  }
  return (
    <p className="jp-ft-muted">
      {trans.__(
        'This is a copy kept in the notebook: the server knows no campaign in %1, so nothing can be decided here.',
        clean(card?.campaign.folder)
      )}
    </p>
  );
}

function Facts(props: { card: ICard; campaign: string | null }): JSX.Element {
  const { trans } = useFace();
  const { card } = props;
  const estimate = [
    card.estimate.seconds !== undefined && card.estimate.seconds !== null
      ? trans.__('about %1', duration(card.estimate.seconds))
      : '',
    card.estimate.memory_mb !== undefined && card.estimate.memory_mb !== null
      ? memory(card.estimate.memory_mb)
      : '',
    card.estimate.tokens ? tokens(card.estimate.tokens, trans) : '',
    card.estimate.cost_usd !== undefined && card.estimate.cost_usd !== null
      ? money(card.estimate.cost_usd, trans)
      : ''
  ].filter(Boolean);
  return (
    <dl className="jp-ft-Facts">
      <Fact term={trans.__('changes')}>{card.changes.map(clean).join(', ') || '-'}</Fact>
      {card.parent.trial && (
        <Fact term={trans.__('from')}>
          <TrialLink campaign={props.campaign} trial={card.parent.trial} /> (
          {score(card.parent.score)})
        </Fact>
      )}
      <Fact term={trans.__('predicted')}>
        {card.prediction_withdrawn
          ? trans.__('nothing; the agent’s prediction is withdrawn')
          : range(card.predicted.low, card.predicted.high, trans)}
      </Fact>
      {estimate.length > 0 && <Fact term={trans.__('needs')}>{estimate.join(' · ')}</Fact>}
      {card.earlier_estimates && (
        <Fact term={trans.__('told before')} wide>
          {oneLine(card.earlier_estimates, 240)}
        </Fact>
      )}
      {card.follows && (
        <Fact term={trans.__('follows')} wide>
          {oneLine(card.follows, 400)}
        </Fact>
      )}
      {card.dry_run && (
        <Fact term={trans.__('dry run')} wide>
          {oneLine(card.dry_run, 600)}
        </Fact>
      )}
      {card.wish && (
        <Fact term={trans.__('asked for')} wide>
          {oneLine(card.wish, 1000)}
        </Fact>
      )}
      {(card.looked ?? []).length > 0 && (
        <Fact term={trans.__('looked before')} wide>
          {card.looked!.map(each => oneLine(each, 120)).join('; ')}
        </Fact>
      )}
      {card.evidence.length > 0 && (
        <Fact term={trans.__('because')} wide>
          {card.evidence.map((evidence, index) => (
            <span key={index} className="jp-ft-Evidence">
              {index > 0 && ' · '}
              <TrialLink campaign={props.campaign} trial={evidence.trial} />{' '}
              {evidence.text !== undefined
                ? oneLine(evidence.text, 240)
                : oneLine(evidence.claim, 200)}
            </span>
          ))}
        </Fact>
      )}
      {card.refuted_if && (
        <Fact term={trans.__('refuted if')} wide>
          {oneLine(card.refuted_if, 200)}
        </Fact>
      )}
      {card.why_parent && (
        <Fact term={trans.__('why from there')} wide>
          {oneLine(card.why_parent, 400)}
        </Fact>
      )}
      {card.why_not && (
        <Fact term={trans.__('not the runner-up')} wide>
          {oneLine(card.why_not, 400)}
        </Fact>
      )}
    </dl>
  );
}

/** A term with what is said of it, on a line of its own where it is long. */
export function Fact(props: {
  term: string;
  wide?: boolean;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div className={props.wide ? 'jp-ft-Fact jp-mod-wide' : 'jp-ft-Fact'}>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** What really differs from the parent, as chips; the raw arguments where nobody named it. */
export function Parameters(props: {
  card: Pick<ICard, 'parameters' | 'differences'>;
}): JSX.Element | null {
  const { trans } = useFace();
  const { parameters, differences } = props.card;
  if (differences && differences.length > 0) {
    return (
      <ul className="jp-ft-Chips" aria-label={trans.__('Changed parameters')}>
        {differences.map((part, index) => (
          <li key={index} className="jp-ft-Chip">
            {clean(part.words)} {part.before && <del>{oneLine(part.before, 60)}</del>}{' '}
            {part.before && part.after && <span aria-hidden="true">→ </span>}
            {part.after && <ins>{oneLine(part.after, 60)}</ins>}
            {!part.after && part.before && trans.__('(left out)')}
          </li>
        ))}
      </ul>
    );
  }
  return parameters.length === 0 ? null : (
    <ul className="jp-ft-Chips" aria-label={trans.__('Changed parameters')}>
      {parameters.map((change, index) => (
        <li key={index} className="jp-ft-Chip">
          <code>{clean(change.name)}</code>{' '}
          <del>{oneLine(change.before ?? trans.__('not given'), 60)}</del>{' '}
          <span aria-hidden="true">→</span>{' '}
          <ins>{oneLine(change.after ?? trans.__('not given'), 60)}</ins>
        </li>
      ))}
    </ul>
  );
}

/** How long an editor may take to be drawn before the focus stays where it is, in frames. */
const FRAMES = 120;

/** Puts the focus on a cell's editor as soon as it is drawn; gives what ends the wait. */
function focusEditor(cells: HTMLElement | null, stage: Stage): () => void {
  let left = FRAMES;
  let frame = 0;
  const look = (): void => {
    const found = cells?.querySelector<HTMLElement>(
      `[data-ft-stage="${stage}"] .cm-content[contenteditable="true"]`
    );
    left -= 1;
    if (found) {
      found.focus();
    } else if (left > 0) {
      frame = requestAnimationFrame(look);
    }
  };
  frame = requestAnimationFrame(look);
  return () => cancelAnimationFrame(frame);
}

function Cells(props: { model: CardModel; open: boolean }): JSX.Element {
  const { trans } = useFace();
  const [split, setSplit] = React.useState(false);
  const { model } = props;
  const card = model.card!;
  const hasParent = Object.keys(card.parent_cells).length > 0;
  const cells = React.useRef<HTMLDivElement>(null);
  const { draft, asked } = model;
  React.useEffect(() => {
    if (draft && model.takeFocus()) {
      const stage = STAGES.find(each => isChanged(card, each)) ?? 'train';
      return focusEditor(cells.current, stage);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [draft !== null, asked, model]);
  return (
    <div className="jp-ft-Cells" ref={cells}>
      {hasParent && (
        <div className="jp-ft-Cells-tools">
          <button
            className="jp-ft-tool"
            aria-pressed={split}
            onClick={() => setSplit(!split)}
            title={trans.__("Show the parent's cell beside it")}
          >
            {split ? trans.__('Unified') : trans.__('Split')}
          </button>
        </div>
      )}
      {STAGES.filter(stage => stage in card.cells).map(stage => (
        <CellSection
          key={`${stage}-${draft ? 'draft' : 'read'}`}
          stage={stage}
          source={card.cells[stage]}
          original={hasParent ? (card.parent_cells[stage] ?? '') : null}
          diff={card.diff.find(diff => diff.stage === stage)}
          editedBy={actorName(card.edited[stage])}
          editedLines={card.edited_lines[stage] ?? []}
          remark={cellRemark(card, stage, trans)}
          editable={model.draft !== null}
          split={split}
          openAtFirst={props.open && isChanged(card, stage)}
          onType={source => model.type(stage, source)}
        />
      ))}
    </div>
  );
}

function isChanged(card: ICard, stage: Stage): boolean {
  return card.diff.some(diff => diff.stage === stage && diff.added + diff.removed > 0);
}

function cellRemark(
  card: ICard,
  stage: Stage,
  trans: ReturnType<typeof useFace>['trans']
): string {
  const done = card.live?.stages_done.find(ended => ended.stage === stage);
  return done?.cached_from ? trans.__('cached from %1', done.cached_from) : '';
}
