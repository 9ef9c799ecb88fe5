/**
 * Keeps the story of a campaign in the notebooks that are open: what was decided and what came of
 * it goes into the saved outputs of the cards, and the next card comes below the last one.
 *
 * Writes through the document's shared model, never into the file. Outputs are brought up to date
 * as a kernel does it, which is no step to undo; a new card is one step that one undo takes back.
 */

import { ICodeCell, IOutput } from '@jupyterlab/nbformat';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { UUID } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { ICampaignModel } from '../store/campaign';
import { ICampaignStore, IStoryEvent } from '../store/store';
import { cardsOf, IKeptCard, isBehind } from './cards';

/** How long changes of a notebook are gathered before its cards are looked at, in milliseconds. */
const GATHER = 300;

/** Watches all open notebooks; `_open` shows a trial that no notebook can tell of. */
export class StoryKeeper implements IDisposable {
  constructor(
    private readonly _store: ICampaignStore,
    private readonly _notebooks: INotebookTracker,
    private readonly _open: (campaign: string, trial: string) => void
  ) {
    this._looks = new Throttler(() => this._look(), { limit: GATHER, edge: 'trailing' });
    _notebooks.widgetAdded.connect(this._onAdded, this);
    _notebooks.forEach(panel => this._onAdded(_notebooks, panel));
    _store.story.connect(this._onStory, this);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._looks.dispose();
    this._notebooks.widgetAdded.disconnect(this._onAdded, this);
    this._store.story.disconnect(this._onStory, this);
    for (const model of this._models) {
      model.changed.disconnect(this._lookSoon, this);
    }
  }

  private _onAdded(_: INotebookTracker, panel: NotebookPanel): void {
    void panel.context.ready.then(() => {
      if (!panel.isDisposed) {
        panel.content.model?.contentChanged.connect(this._lookSoon, this);
        this._lookSoon();
      }
    });
  }

  private _lookSoon(): void {
    if (!this._disposed) {
      void this._looks.invoke();
    }
  }

  /** Brings the outputs of all cards up to date, and adds the cards that are waited for. */
  private async _look(): Promise<void> {
    const panels: NotebookPanel[] = [];
    this._notebooks.forEach(panel => void panels.push(panel));
    for (const panel of panels.filter(mayChange)) {
      for (const kept of cardsOf(panel)) {
        const model = await this._modelOf(kept.card.campaign.folder);
        const node = model?.nodes.get(kept.card.trial);
        if (model && node && isBehind(kept.card, node)) {
          await this._renew(panel, model.id, kept);
        }
      }
    }
    for (const wish of [...this._wishes]) {
      await this._answer(wish);
    }
  }

  /** The model of the campaign in a folder; null where the server knows none there. */
  private async _modelOf(folder: string): Promise<ICampaignModel | null> {
    if (!this._ids.has(folder)) {
      const id = await this._store.idOf(folder).catch(() => undefined);
      if (id === undefined) {
        return null; // the server is away; it is asked again with the next change
      }
      this._ids.set(folder, id);
    }
    const id = this._ids.get(folder) ?? null;
    if (id === null) {
      return null;
    }
    const model = this._store.model(id);
    if (!this._models.has(model)) {
      this._models.add(model);
      model.changed.connect(this._lookSoon, this);
    }
    return model;
  }

  private async _renew(panel: NotebookPanel, campaign: string, kept: IKeptCard): Promise<void> {
    const key = `${kept.cellId}/${kept.output}`;
    if (this._busy.has(key)) {
      return;
    }
    this._busy.add(key);
    try {
      const { data } = await this._store.api.output(campaign, kept.card.trial);
      const now = panel.isDisposed ? undefined : cardsOf(panel).find(same(kept));
      // Meanwhile it may have been cleared, or run once more.
      now?.outputs.set(now.output, { ...now.outputs.get(now.output).toJSON(), data } as IOutput);
    } catch {
      // The server is away or the campaign is gone: what is kept stays, and is behind.
    } finally {
      this._busy.delete(key);
    }
  }

  private _onStory(_: ICampaignStore, event: IStoryEvent): void {
    this._wishes.add(event);
    this._lookSoon();
  }

  /** Adds the card that an event asks for, once it is known which. */
  private async _answer(event: IStoryEvent): Promise<void> {
    const model = this._store.model(event.id);
    const trial = event.trial ?? answerTo(event.seq, model);
    if (trial === null) {
      return; // it is still worked on
    }
    this._wishes.delete(event);
    if (trial === '' || !model.campaign) {
      return;
    }
    const panel = this._notebookOf(model.campaign.folder);
    const at = panel && (await this._add(panel, model, trial));
    if (panel && at !== null && event.reveal) {
      reveal(panel, at);
    } else if (at === null && event.reveal && event.trial !== null) {
      this._open(event.id, event.trial);
    }
  }

  /** The notebook that tells of a campaign: the one used last that holds a card of it. */
  private _notebookOf(folder: string): NotebookPanel | null {
    const tells = (panel: NotebookPanel): boolean =>
      mayChange(panel) && cardsOf(panel).some(kept => kept.card.campaign.folder === folder);
    const current = this._notebooks.currentWidget;
    return current && tells(current) ? current : (this._notebooks.find(tells) ?? null);
  }

  /** Adds a card below the last one; gives the index of its cell, old or new. */
  private async _add(
    panel: NotebookPanel,
    model: ICampaignModel,
    trial: string
  ): Promise<number | null> {
    const folder = model.campaign!.folder;
    const own = (): IKeptCard[] =>
      cardsOf(panel).filter(kept => kept.card.campaign.folder === folder);
    let data;
    try {
      ({ data } = await this._store.api.output(model.id, trial));
    } catch {
      return null;
    }
    const shared = panel.content.model?.sharedModel;
    const cards = panel.isDisposed ? [] : own();
    const there = cards.find(kept => kept.card.trial === trial);
    const last = cards[cards.length - 1];
    if (there || !last || !shared) {
      return there?.cell ?? null;
    }
    const at = last.cell + 1;
    shared.insertCell(at, cardCell(trial, data as IOutput['data'], last));
    return at;
  }

  private _disposed = false;
  private readonly _looks: Throttler;
  private readonly _busy = new Set<string>();
  private readonly _ids = new Map<string, string | null>();
  private readonly _models = new Set<ICampaignModel>();
  private readonly _wishes = new Set<IStoryEvent>();
}

/** A cell that shows a trial's card, as trusted as the one above it. */
export function cardCell(trial: string, data: IOutput['data'], above: IKeptCard): ICodeCell {
  return {
    cell_type: 'code',
    id: UUID.uuid4(),
    source: `%ftagent show ${trial}`,
    metadata: {
      trusted: above.trusted,
      ftassist: { trial, folder: above.card.campaign.folder }
    },
    outputs: [{ output_type: 'display_data', data, metadata: {} } as IOutput],
    execution_count: null
  };
}

/** The trial that answered a wish; "" where none will, null while it is worked on. */
export function answerTo(seq: number, model: ICampaignModel): string | null {
  for (const node of model.nodes.values()) {
    if (node.wish === seq) {
      return node.trial;
    }
  }
  const waits = !model.campaign || model.seq < seq || model.campaign.asked?.seq === seq;
  return waits ? null : '';
}

function mayChange(panel: NotebookPanel): boolean {
  const { model, contentsModel } = panel.context;
  return (
    !panel.isDisposed &&
    panel.context.isReady &&
    !model.readOnly &&
    contentsModel?.writable !== false
  );
}

function same(kept: IKeptCard): (other: IKeptCard) => boolean {
  return other =>
    other.cellId === kept.cellId &&
    other.output === kept.output &&
    other.card.trial === kept.card.trial;
}

/** Brings a cell into sight, and makes it the active one. */
function reveal(panel: NotebookPanel, index: number): void {
  const notebook = panel.content;
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  void notebook.scrollToItem(index, 'smart').catch(() => undefined);
}
