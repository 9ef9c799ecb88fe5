/**
 * The page of a trial in the main area.
 */

import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';
import { ICard, ITrialPage, Status } from '../api/documents';
import { ProposalCard } from '../card/card';
import { TrialLink } from '../card/link';
import { CardModel } from '../card/model';
import { LivePart } from '../card/live';
import { CommandIDs } from '../commands';
import { FaceContext, IFace, useFace, useVersion } from '../face';
import { trialIcon } from '../icons/icons';
import { PlaygroundModel } from '../playground/model';
import { Playground } from '../playground/view';
import { BEST, wordFor } from '../words/marks';
import { clean } from '../words/text';
import { RowsBrowser } from './browser';
import { Changes } from './changes';
import { TrialCurves } from './curves';
import { Data } from './data';
import { TrialPageModel } from './model';
import { Scores } from './overview';
import { Log } from './log';
import { Cost, Decisions } from './rest';
import { InTheSearch } from './search';
import { Notes, Tags } from './remarks';
import { Standing } from './standing';
import { ITab, Tabs } from './tabs';
import { Wrong } from './wrong';

/** The widget of a trial's page. */
export class TrialPage extends ReactWidget {
  constructor(
    private readonly _face: IFace,
    readonly campaign: string,
    readonly trial: string,
    private readonly _onInsert: (card: ICard) => void
  ) {
    super();
    this.addClass('jp-ft-Page');
    this.id = TrialPage.id(campaign, trial);
    this.node.tabIndex = -1;
    this.title.label = trial;
    this.title.icon = trialIcon;
    this.title.closable = true;
    this.title.caption = _face.trans.__('Trial %1', trial);
    this._model = new TrialPageModel(_face.store, campaign, trial);
    this._card = new CardModel(_face.store, '', trial, { campaign });
    this._playground = new PlaygroundModel(_face.store, campaign, trial);
    void this._model.load();
    void this._card.load();
  }

  /** The id of the page of a trial. */
  static id(campaign: string, trial: string): string {
    return `ftassist-trial-${campaign}-${trial}`;
  }

  /** The card on the page. */
  get card(): CardModel {
    return this._card;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      this._card.dispose();
      this._playground.dispose();
      super.dispose();
    }
  }

  /** Who opens a page works there: the focus goes to its parts. */
  protected onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this._waitsForFocus = true;
    this._takeFocus();
  }

  protected render(): JSX.Element {
    return (
      <FaceContext.Provider value={this._face}>
        <TrialView
          model={this._model}
          card={this._card}
          playground={this._playground}
          onInsert={this._onInsert}
          onReady={this._takeFocus}
        />
      </FaceContext.Provider>
    );
  }

  private readonly _takeFocus = (): void => {
    const chosen = this.node.querySelector<HTMLElement>('[role=tab][aria-selected=true]');
    const { activeElement } = document;
    const elsewhere = activeElement !== this.node && this.node.contains(activeElement);
    if (this._waitsForFocus && !elsewhere) {
      // A mouse pressed far down activates the page too: what is under it must not move away.
      (chosen ?? this.node).focus({ preventScroll: true });
    }
    if (chosen || elsewhere) {
      this._waitsForFocus = false;
    }
  };

  private _waitsForFocus = false;
  private readonly _model: TrialPageModel;
  private readonly _card: CardModel;
  private readonly _playground: PlaygroundModel;
}

/** The tab where models are asked by hand. */
const PLAYGROUND = 'playground';

/** How a trial stands when nothing more is done for it. */
const ENDED: readonly Status[] = [
  'scored',
  'resting',
  'failed',
  'invalid',
  'stopped',
  'vetoed',
  'set_aside'
];

interface IViewProps {
  model: TrialPageModel;
  card: CardModel;
  playground: PlaygroundModel;
  onInsert: (card: ICard) => void;
  /** Called when there is something to put the focus on. */
  onReady?: () => void;
}

/** The page. */
export function TrialView(props: IViewProps): JSX.Element {
  const { store, trans } = useFace();
  const { model, playground, onReady } = props;
  useVersion(model);
  useVersion(playground);
  useVersion(props.card);
  useVersion(store);
  const { page } = model;
  const ready = page !== null;
  React.useEffect(() => {
    if (ready) {
      onReady?.();
    }
  }, [ready, onReady]);
  if (!page) {
    return <p className="jp-ft-empty">{model.problem || trans.__('Reading %1…', model.trial)}</p>;
  }
  const ended = ENDED.includes(page.status);
  // Of a trial that is to be decided on, the decision comes first.
  const inTheSearch = <InTheSearch campaign={model.campaign} page={page} />;
  const tabs: ITab[] = [
    {
      id: 'overview',
      label: trans.__('Overview'),
      render: () => (
        <>
          {ended && <LivePart model={props.card} page />}
          <Scores page={page} />
          {ended && inTheSearch}
          <ProposalCard model={props.card} onInsert={props.onInsert} page />
          {!ended && inTheSearch}
          <Notes model={model} page={page} />
        </>
      )
    },
    {
      id: 'curves',
      label: trans.__('Curves'),
      render: () => <TrialCurves page={page} campaign={model.campaign} />
    },
    {
      id: 'changes',
      label: trans.__('Changes'),
      render: () => <Changes page={page} parentCells={props.card.card?.parent_cells ?? {}} />
    },
    {
      id: 'data',
      label: trans.__('Data'),
      render: () => (
        <>
          <Data page={page} />
          <RowsBrowser page={page} campaign={model.campaign} />
        </>
      )
    },
    {
      id: 'wrong',
      label: trans.__('Wrong answers'),
      render: () => (
        <Wrong
          page={page}
          onAsk={prompt => playground.fill(prompt)}
          onAskAll={items => void playground.askAll(items)}
        />
      )
    },
    {
      id: PLAYGROUND,
      label: trans.__('Playground'),
      render: () => <Playground model={playground} page={page} />
    },
    { id: 'log', label: trans.__('Log'), render: () => <Log model={model} page={page} /> },
    {
      id: 'cost',
      label: trans.__('Cost'),
      render: () => <Cost page={page} campaign={model.campaign} />
    },
    { id: 'decisions', label: trans.__('Decisions'), render: () => <Decisions page={page} /> }
  ];
  return (
    <div className="jp-ft-PageBody" data-ft-trial={page.id} data-ft-campaign={model.campaign}>
      <PageHead
        model={model}
        page={page}
        gone={(props.card.card ?? page).live?.stalled?.kind === 'gone'}
      />
      {(store.problem || model.problem) && (
        <p className="jp-ft-warning" role="alert">
          {store.problem || model.problem}
        </p>
      )}
      <Standing card={props.card} page={page} campaign={store.model(model.campaign)} />
      <Tabs
        tabs={tabs}
        label={trans.__('Parts of %1', page.id)}
        name={TrialPage.id(model.campaign, page.id)}
        first={props.card.asked}
        show={PLAYGROUND}
        shown={playground.shown}
      />
    </div>
  );
}

function PageHead(props: {
  model: TrialPageModel;
  page: ITrialPage;
  /** Whether it should run and nothing works on it. */
  gone: boolean;
}): JSX.Element {
  const { commands, store, trans } = useFace();
  const { model, page } = props;
  const { campaign } = model;
  const args = { campaign, trial: page.id };
  const opened = store.model(campaign).campaign?.tests?.[page.id] !== undefined;
  const scored = page.status === 'scored' && page.role === 'trial';
  return (
    <header className="jp-ft-PageHead">
      <h2>
        <span className={`jp-ft-Mark jp-ft-is-${page.word}`} aria-hidden="true">
          {page.mark}
        </span>{' '}
        {page.id} · {props.gone ? trans.__('no runner') : wordFor(page.word, trans)}
        {page.best && (
          <span className="jp-ft-Best" title={trans.__('best so far')}>
            {' '}
            {BEST}
          </span>
        )}
        <span className="jp-ft-muted"> {clean(page.campaign)}</span>
      </h2>
      <p className="jp-ft-PageHead-links">
        {page.parent && (
          <span>
            {trans.__('from')} <TrialLink campaign={campaign} trial={page.parent} />
          </span>
        )}
        {page.children.length > 0 && (
          <span>
            {trans.__('led to')}{' '}
            {page.children.map(child => (
              <React.Fragment key={child}>
                <TrialLink campaign={campaign} trial={child} />{' '}
              </React.Fragment>
            ))}
          </span>
        )}
        <span>{isolationText(page, trans)}</span>
      </p>
      {page.role !== 'base' && (
        <p className="jp-ft-PageHead-hypothesis">{clean(page.hypothesis_text)}</p>
      )}
      {(page.base_notes ?? []).map(note => (
        <p key={note} className="jp-ft-muted">
          {trans.__('The base: %1', clean(note))}
        </p>
      ))}
      <Tags model={model} page={page} />
      <div className="jp-ft-Actions">
        <PageButton id={CommandIDs.openNotebook} args={args} label={trans.__('Open notebook')} />
        <PageButton id={CommandIDs.compare} args={args} label={trans.__('Compare with…')} />
        {page.status === 'scored' && (
          <PageButton id={CommandIDs.branch} args={args} label={trans.__('Branch from here')} />
        )}
        {scored && (
          <>
            <PageButton
              id={CommandIDs.replicate}
              args={args}
              label={trans.__('Re-run on new seeds')}
            />
            <PageButton id={CommandIDs.exportModel} args={args} label={trans.__('Export…')} />
            {!opened && (
              <PageButton
                id={CommandIDs.openTest}
                args={args}
                label={trans.__('Open the sealed test…')}
              />
            )}
          </>
        )}
        {page.status === 'resting' && (
          <>
            <PageButton id={CommandIDs.promote} args={args} label={trans.__('Promote')} />
            <PageButton
              id={CommandIDs.promote}
              args={{ ...args, whole: true }}
              label={trans.__('Run to its end')}
            />
          </>
        )}
        <button
          className="jp-ft-button jp-mod-quiet"
          aria-pressed={page.live.pinned}
          title={trans.__('Keep the files of this trial from being cleared away')}
          onClick={() =>
            void commands.execute(CommandIDs.pin, { ...args, pinned: !page.live.pinned })
          }
        >
          {page.live.pinned ? trans.__('Unpin') : trans.__('Pin')}
        </button>
        {page.live.export?.status && (
          <span className="jp-ft-muted">
            {trans.__(
              'export: %1 %2',
              clean(page.live.export.status),
              clean(page.live.export.folder ?? page.live.export.message ?? '')
            )}{' '}
            {hasCard(page) && (
              <button
                className="jp-ft-link"
                onClick={() =>
                  void commands.execute(CommandIDs.openModelCard, {
                    ...args,
                    folder: page.live.export?.folder
                  })
                }
              >
                {trans.__('Model card')}
              </button>
            )}
          </span>
        )}
      </div>
    </header>
  );
}

/** Whether the last export that was kept was scored again, and so has a model card. */
function hasCard(page: ITrialPage): boolean {
  const { folder = '', runtime } = page.live.export ?? {};
  return runtime !== undefined && folder.startsWith(`exports/${page.id}-`);
}

function PageButton(props: {
  id: string;
  args: { campaign: string; trial: string; whole?: boolean };
  label: string;
}): JSX.Element {
  const { commands } = useFace();
  return (
    <button className="jp-ft-button" onClick={() => void commands.execute(props.id, props.args)}>
      {props.label}
    </button>
  );
}

function isolationText(page: ITrialPage, trans: ReturnType<typeof useFace>['trans']): string {
  if (!page.isolation || page.role === 'base') {
    return '';
  }
  return page.isolation === 'none'
    ? trans.__('▢ ran without isolation')
    : trans.__('▣ isolated by %1', clean(page.isolation));
}
