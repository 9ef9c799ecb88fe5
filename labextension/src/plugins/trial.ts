/**
 * Pages of trials, comparisons, and commands on a trial.
 */

import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  InputDialog,
  MainAreaWidget,
  WidgetTracker,
  showErrorMessage
} from '@jupyterlab/apputils';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { ActionBody, ICard } from '../api/documents';
import { errorText } from '../api/errors';
import { ICardHost } from '../card/host';
import { CommandIDs } from '../commands';
import type { ComparePage } from '../compare/page';
import type { CurvesPage } from '../curves/page';
import { IFace } from '../face';
import { ICardHostToken, IFaceToken } from '../tokens';
import type { TrialPage } from '../trial/page';
import { describe } from './describe';
import { showPage } from './place';
import { target } from './target';

type Content = TrialPage | ComparePage | CurvesPage;
type Page = MainAreaWidget<Content>;

/** `ftassist:trial`. */
export const trialPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:trial',
  description: 'Pages of trials, comparisons of trials, and commands on a trial.',
  autoStart: true,
  requires: [IFaceToken, ICardHostToken],
  optional: [ILayoutRestorer, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    face: IFace,
    host: ICardHost,
    restorer: ILayoutRestorer | null,
    lab: ILabShell | null
  ): void => {
    const { trans, store } = face;
    const { commands, shell } = app;
    const tracker = new WidgetTracker<Page>({ namespace: 'ftassist' });

    const show = async (id: string, make: () => Content): Promise<Page | null> => {
      if (!lab) {
        // Before its document is there, a shell that holds one would take the page in its place.
        await app.restored;
      }
      const open = tracker.find(page => page.content.id === id);
      const page = open ?? new MainAreaWidget({ content: make() });
      if (!open) {
        page.id = `${id}-area`;
        page.toolbar.hide();
        void tracker.add(page);
      }
      if (showPage(page, shell)) {
        return page;
      }
      page.dispose();
      void showErrorMessage(
        trans.__('There is no place for a page here'),
        trans.__('Open it in JupyterLab, or type `%ftagent show` in a notebook.')
      );
      return null;
    };
    const act = async (args: ReadonlyPartialJSONObject, body: ActionBody): Promise<void> => {
      const { campaign, trial } = target(args, store);
      if (campaign === null || trial === null) {
        return;
      }
      try {
        await store.ask(campaign, { ...body, trial });
      } catch (error) {
        void showErrorMessage(trans.__('This was not done'), errorText(error));
      }
    };
    const addAction = (id: string, label: string, caption: string, body: ActionBody): void => {
      commands.addCommand(id, {
        label,
        caption,
        describedBy: describe.trial(trans),
        execute: args => act(args, body)
      });
    };

    commands.addCommand(CommandIDs.openTrial, {
      label: trans.__('Open trial'),
      caption: trans.__('Open the page of a trial'),
      describedBy: describe.trial(trans),
      execute: async args => {
        if (Array.isArray(args.curves)) {
          return commands.execute(CommandIDs.curves, { ...args, trials: args.curves });
        }
        if (Array.isArray(args.trials)) {
          return commands.execute(CommandIDs.compare, args);
        }
        const { campaign, trial } = target(args, store);
        if (campaign !== null && trial !== null) {
          const { TrialPage } = await import('../trial/page');
          const insert = (card: ICard): void => host.insert(card, null);
          const id = TrialPage.id(campaign, trial);
          return show(id, () => new TrialPage(face, campaign, trial, insert));
        }
      }
    });
    commands.addCommand(CommandIDs.compare, {
      label: trans.__('Compare trials…'),
      caption: trans.__('Compare a trial with others, with intervals'),
      describedBy: describe.trial(trans, {
        trials: {
          type: 'array',
          items: { type: 'string' },
          description: trans.__('The trials to compare')
        }
      }),
      execute: async args => {
        const { campaign, trial } = target(args, store);
        if (campaign === null) {
          return;
        }
        const named = Array.isArray(args.trials) ? args.trials.map(String) : null;
        const trials = named ?? (trial ? await chooseOther(face, campaign, trial) : null);
        if (trials && trials.length >= 2) {
          const { ComparePage } = await import('../compare/page');
          const id = ComparePage.id(campaign, trials);
          return show(id, () => new ComparePage(face, campaign, trials));
        }
      }
    });
    commands.addCommand(CommandIDs.curves, {
      label: trans.__('Show training curves of picked trials'),
      caption: trans.__('Draw the training curves of several trials over each other'),
      describedBy: describe.trial(trans, {
        trials: {
          type: 'array',
          items: { type: 'string' },
          description: trans.__('The trials; those picked in the tree where they are left out')
        }
      }),
      execute: async args => {
        const { campaign, trial } = target(args, store);
        if (campaign === null) {
          return;
        }
        const picked = store.picks.of(campaign);
        const meant = picked.length > 0 ? [...picked] : trial === null ? [] : [trial];
        const trials = Array.isArray(args.trials) ? args.trials.map(String) : meant;
        const { CurvesPage } = await import('../curves/page');
        const make = (): Content => new CurvesPage(face, campaign, trials);
        const page = await show(CurvesPage.id(campaign), make);
        if (page?.content instanceof CurvesPage && trials.length > 0) {
          page.content.model.choose(trials);
        }
        return page;
      }
    });
    commands.addCommand(CommandIDs.openNotebook, {
      label: trans.__('Open notebook of a trial'),
      describedBy: describe.trial(trans),
      execute: async args => {
        const { campaign, trial } = target(args, store);
        const row = store.campaigns.find(known => known.id === campaign);
        if (row && trial) {
          const folder = row.path === '' || row.path === '.' ? '' : `${row.path}/`;
          const path = `${folder}trials/${trial}/trial.ipynb`;
          try {
            await commands.execute('docmanager:open', { path });
          } catch (error) {
            void showErrorMessage(trans.__('The notebook cannot be opened'), errorText(error));
          }
        }
      }
    });
    commands.addCommand(CommandIDs.pin, {
      label: trans.__('Pin or unpin a trial'),
      caption: trans.__('Keep the files of a trial from being cleared away'),
      describedBy: describe.trial(trans, { pinned: { type: 'boolean' } }),
      execute: args => act(args, { action: args.pinned === false ? 'unpin' : 'pin' })
    });
    addAction(
      CommandIDs.branch,
      trans.__('Branch from a trial'),
      trans.__('Ask for a proposal that starts from this trial'),
      { action: 'branch' }
    );
    addAction(
      CommandIDs.stopTrial,
      trans.__('Stop a running trial'),
      trans.__('End a queued or running trial; that is no veto'),
      { action: 'stop_trial' }
    );
    addAction(
      CommandIDs.replicate,
      trans.__('Re-run a trial on new seeds'),
      trans.__('Repeat a scored trial on two fresh seeds'),
      { action: 'replicate', seeds: 2 }
    );
    commands.addCommand(CommandIDs.promote, {
      label: trans.__('Promote a resting trial'),
      caption: trans.__('Run a trial on that rests: to the next rung, or to its end'),
      describedBy: describe.trial(trans, {
        whole: {
          type: 'boolean',
          description: trans.__('To its end at once, not just to the next rung')
        }
      }),
      execute: args => act(args, { action: 'promote', whole: args.whole === true })
    });
    commands.addCommand(CommandIDs.exportModel, {
      label: trans.__('Export the model of a trial…'),
      caption: trans.__("Make of a scored trial's model what others load, and score it again"),
      describedBy: describe.trial(trans),
      execute: async args => {
        const { campaign, trial } = target(args, store);
        if (campaign !== null && trial !== null) {
          const { askExport } = await import('../export/dialog');
          const folder = await askExport(store, campaign, trial, trans);
          if (folder !== null) {
            await commands.execute(CommandIDs.openModelCard, { campaign, folder });
          }
        }
      }
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openTrial,
        args: page => restorable(page.content),
        name: page => page.content.id
      });
    }
  }
};

/** What opens a page again after a reload. */
function restorable(page: Content): ReadonlyPartialJSONObject {
  const { campaign } = page;
  if ('trial' in page) {
    return { campaign, trial: page.trial };
  }
  return 'model' in page
    ? { campaign, curves: [...page.model.trials] }
    : { campaign, trials: [...page.trials] };
}

/** Asks which trial to compare with; scored ones are offered, the parent first. */
async function chooseOther(
  face: IFace,
  campaign: string,
  trial: string
): Promise<string[] | null> {
  const { trans, store } = face;
  const model = store.model(campaign);
  if (model.nodes.size === 0) {
    await model.refresh();
  }
  const parent = model.nodes.get(trial)?.parent;
  const others = [...model.nodes.values()]
    .filter(node => node.trial !== trial && node.score !== null)
    .sort((a, b) => Number(b.trial === parent) - Number(a.trial === parent))
    .map(node => `${node.trial} ${node.title}`);
  const answer = await InputDialog.getItem({
    title: trans.__('Compare %1 with', trial),
    items: others,
    okLabel: trans.__('Compare')
  });
  const other = answer.button.accept ? answer.value?.split(' ')[0] : undefined;
  return other ? [other, trial] : null;
}
