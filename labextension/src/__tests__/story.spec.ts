import { INotebookContent, MultilineString } from '@jupyterlab/nbformat';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
// The package's index brings a language server along.
import { NotebookModel } from '@jupyterlab/notebook/lib/model';
import { Signal } from '@lumino/signaling';
import { IApi } from '../api/client';
import { ICampaignView, ICard, INode, PROPOSAL_MIME } from '../api/documents';
import { CampaignStore } from '../store/store';
import { copiedLive } from '../card/copy';
import { cardsOf, isBehind } from '../story/cards';
import { StoryKeeper } from '../story/keeper';
import { fakeApi, fakeStore, node, sample } from './fake';

const CARD = sample<ICard>('card_proposal');

/** A notebook whose first cell holds a card, and a cell below. */
function notebook(card: object = { ...CARD, updated: 1 }): NotebookModel {
  const model = new NotebookModel({ disableDocumentWideUndoRedo: false });
  const base = { metadata: { trusted: true }, execution_count: 1 };
  const data = { [PROPOSAL_MIME]: card, 'text/html': 'old', 'text/plain': 'old' };
  model.fromJSON({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      {
        ...base,
        id: 'a',
        cell_type: 'code',
        source: '%ftagent propose',
        outputs: [{ output_type: 'display_data', data, metadata: {} }]
      },
      { ...base, id: 'b', cell_type: 'code', source: 'print(1)', outputs: [] }
    ]
  } as unknown as INotebookContent);
  model.sharedModel.clearUndoHistory();
  return model;
}

interface IOpen {
  api: jest.Mocked<IApi>;
  store: CampaignStore;
  model: NotebookModel;
  panel: NotebookPanel;
  opened: jest.Mock;
  keeper: StoryKeeper;
}

/** An open notebook, and a keeper that watches it. */
function open(api = fakeApi(), model = notebook(), writable = true): IOpen {
  const context = { ready: Promise.resolve(), isReady: true, model, contentsModel: { writable } };
  const content = {
    model,
    activeCellIndex: 0,
    deselectAll: () => undefined,
    scrollToItem: async () => undefined
  };
  const panel = { context, content, isDisposed: false } as unknown as NotebookPanel;
  const tracker = {
    widgetAdded: new Signal<object, NotebookPanel>({}),
    currentWidget: panel,
    forEach: (visit: (panel: NotebookPanel) => void) => visit(panel),
    find: (test: (panel: NotebookPanel) => boolean) => [panel].find(test)
  };
  const store = fakeStore(api);
  const opened = jest.fn();
  const keeper = new StoryKeeper(store, tracker as unknown as INotebookTracker, opened);
  return { api, store, model, panel, opened, keeper };
}

/** The campaign with some of its nodes changed. */
function view(trial: string, values: Partial<INode>): ICampaignView {
  const full = sample<ICampaignView>('view_full');
  const known = full.nodes.find(each => each.trial === trial) ?? node(trial, 't0004');
  const others = full.nodes.filter(each => each.trial !== trial);
  return { ...full, seq: full.seq + 1, nodes: [...others, { ...known, ...values }] };
}

/** The card that the server would let the notebook keep. */
function output(trial: string, updated: number): Awaited<ReturnType<IApi['output']>> {
  const made = sample<Awaited<ReturnType<IApi['output']>>>('output_finished');
  const card = { ...(made.data[PROPOSAL_MIME] as ICard), trial, updated };
  return { ...made, data: { ...made.data, [PROPOSAL_MIME]: card } };
}

async function soon(test: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !test(); tries += 1) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  expect(test()).toBe(true);
}

const later = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 900));

describe('a card in an open notebook', () => {
  it('is brought up to date with its HTML and text, and that is no step to undo', async () => {
    const api = fakeApi();
    api.campaign.mockResolvedValue(view(CARD.trial, { status: 'scored', updated: 900 }));
    api.output.mockResolvedValue(output(CARD.trial, 900));
    const { model, panel, keeper } = open(api);
    await soon(() => cardsOf(panel)[0].card.status === 'scored');
    const kept = model.sharedModel.toJSON().cells[0].outputs as { data: object }[];
    const { data } = output(CARD.trial, 900);
    expect(kept).toEqual([{ output_type: 'display_data', data, metadata: {} }]);
    expect(model.sharedModel.canUndo()).toBe(false);
    await later();
    expect(api.output).toHaveBeenCalledTimes(1);
    keeper.dispose();
  });

  it('is left alone in a notebook that cannot be written', async () => {
    const api = fakeApi();
    api.campaign.mockResolvedValue(view(CARD.trial, { status: 'scored', updated: 900 }));
    const { keeper } = open(api, notebook(), false);
    await later();
    expect(api.output).not.toHaveBeenCalled();
    keeper.dispose();
  });

  it('is left alone when its output was cleared meanwhile', async () => {
    const api = fakeApi();
    api.campaign.mockResolvedValue(view(CARD.trial, { status: 'scored', updated: 900 }));
    const { model, keeper } = open(api);
    api.output.mockImplementation(async () => {
      model.sharedModel.cells[0].setSource('%ftagent status');
      (model.cells.get(0) as unknown as { outputs: { clear(): void } }).outputs.clear();
      return output(CARD.trial, 900);
    });
    await soon(() => api.output.mock.calls.length > 0);
    await later();
    expect(model.sharedModel.toJSON().cells[0].outputs).toEqual([]);
    keeper.dispose();
  });

  it.each<[Partial<ICard>, Partial<INode>, boolean]>([
    [{ updated: 5, status: 'proposed' }, { updated: 5, status: 'proposed' }, false],
    [{ updated: 5, status: 'proposed' }, { updated: 6, status: 'proposed' }, true],
    [{ updated: 5, status: 'proposed' }, { updated: 6, status: 'running' }, true],
    [{ updated: 6, status: 'running' }, { updated: 9, status: 'running' }, false],
    [{ updated: 6, status: 'running' }, { updated: 12, status: 'scored' }, true],
    [{ updated: 12, status: 'scored' }, { updated: 13, status: 'scored' }, true],
    [{ updated: undefined, status: 'proposed' }, { updated: 3, status: 'vetoed' }, true],
    [{ updated: undefined, status: 'scored' }, { updated: 3, status: 'scored' }, false]
  ])('that keeps %j of %j is behind: %s', (kept, known, behind) => {
    const card = { ...CARD, edited: {}, ...kept };
    expect(isBehind(card, node('t0012', 't0004', known))).toBe(behind);
  });
});

describe('the next card', () => {
  it('comes below the last one as one step that one undo takes back', async () => {
    const api = fakeApi();
    api.campaign.mockResolvedValue(view('t0099', { status: 'proposed', wish: 200, updated: 2 }));
    const { model, store, keeper } = open(api);
    await soon(() => api.campaign.mock.calls.length > 0);
    api.output.mockResolvedValue(output('t0099', 2));
    const row = sample<{ campaigns: { id: string }[] }>('campaigns').campaigns[0];
    await store.ask(row.id, { action: 'propose' });
    const sources = (): MultilineString[] => model.sharedModel.toJSON().cells.map(c => c.source);
    await soon(() => sources().length === 3);
    expect(sources()).toEqual(['%ftagent propose', '%ftagent show t0099', 'print(1)']);
    expect(model.cells.get(1).trusted).toBe(true);
    await later();
    expect(sources()).toHaveLength(3);
    model.sharedModel.undo();
    await later();
    expect(sources()).toEqual(['%ftagent propose', 'print(1)']);
    keeper.dispose();
  });

  it('opens as a page where no notebook can tell of it', async () => {
    const { store, opened, keeper } = open(fakeApi(), notebook(), false);
    const row = sample<{ campaigns: { id: string }[] }>('campaigns').campaigns[0];
    await store.model(row.id).refresh();
    store.tell({ id: row.id, trial: 't0012', seq: 0, reveal: true });
    await soon(() => opened.mock.calls.length > 0);
    expect(opened).toHaveBeenCalledWith(row.id, 't0012');
    keeper.dispose();
  });
});

describe('what a notebook copy tells', () => {
  it('is taken as texts and numbers only', () => {
    const live = copiedLive({
      live: { outcome: 'better', score: { text: ['<b>'], score: 'x' }, stages_done: [null, 3] }
    })!;
    expect(live.score).toEqual({ score: 0, low: null, high: null, n: null, text: '' });
    expect(live.stages_done).toEqual([]);
    expect(copiedLive({ live: [] })).toBeUndefined();
    expect(copiedLive(null)).toBeUndefined();
  });

  it('has the score and the decision of a copy of ours, and no answers', () => {
    const live = copiedLive(sample<ICard>('card_finished'))!;
    expect(live.score!.text).toBe('0.78 [0.73, 0.83]');
    expect(live.decided!.actor).toBe('person:ada');
    expect(live.wrong).toEqual([]);
  });
});
