/**
 * Commands that decide: accept, edit, veto, undo, alternatives.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, showErrorMessage } from '@jupyterlab/apputils';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { DecisionKind, ICard } from '../api/documents';
import { errorText } from '../api/errors';
import { ICardHost } from '../card/host';
import type { CardModel } from '../card/model';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { ICardHostToken, IFaceToken } from '../tokens';
import { describe } from './describe';
import { target, watchFocus } from './target';

interface IWanted {
  campaign: string;
  trial: string;
}

/** `ftassist:decide`. */
export const decidePlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:decide',
  description: 'Commands that decide on proposals.',
  autoStart: true,
  requires: [IFaceToken, ICardHostToken],
  activate: (app: JupyterFrontEnd, face: IFace, host: ICardHost): void => {
    const { trans, store } = face;
    const { commands } = app;
    const withTrial = describe.trial(trans);
    watchFocus();

    /** The trial a command means; tells the person where there is none. */
    const wantedTrial = (args: ReadonlyPartialJSONObject): IWanted | null => {
      const { campaign, trial } = target(args, store);
      if (campaign !== null && trial !== null) {
        return { campaign, trial };
      }
      void showErrorMessage(
        trans.__('Which trial?'),
        trans.__('Put the focus on a card, or select a trial in the trial explorer.')
      );
      return null;
    };
    const find = async (
      args: ReadonlyPartialJSONObject
    ): Promise<{ campaign: string; card: ICard } | null> => {
      const wanted = wantedTrial(args);
      return (
        wanted && {
          campaign: wanted.campaign,
          card: await store.api.card(wanted.campaign, wanted.trial)
        }
      );
    };
    /** Does something with the card of a trial: one in sight, else the one on its page. */
    const onCard = async (wanted: IWanted, work: (model: CardModel) => void): Promise<void> => {
      const { campaign, trial } = wanted;
      const { cardInSight } = await import('../card/sight');
      const seen = cardInSight(campaign, trial);
      if (seen) {
        work(seen);
        return;
      }
      const page: unknown = await commands.execute(CommandIDs.openTrial, { campaign, trial });
      const card = (page as MainAreaWidget<Widget & { card?: CardModel }> | null)?.content.card;
      if (card) {
        await card.load();
        work(card);
      }
    };
    const refused = (error: unknown): void => {
      void showErrorMessage(trans.__('This was not done'), errorText(error));
    };
    const decide = async (
      args: ReadonlyPartialJSONObject,
      decision: DecisionKind,
      reason?: string
    ): Promise<void> => {
      try {
        const found = await find(args);
        if (found) {
          const { campaign, card } = found;
          const seen = typeof args.seen === 'number' ? args.seen : card.seen;
          await store.api.decide(campaign, { decision, trial: card.trial, seen, reason });
          store.tell({ id: campaign, trial: card.trial, seq: seen, reveal: false });
          await store.model(campaign).refresh();
        }
      } catch (error) {
        refused(error);
      }
    };

    commands.addCommand(CommandIDs.accept, {
      label: trans.__('Accept proposal'),
      caption: trans.__('Accept the proposal in focus: it will run'),
      describedBy: withTrial,
      execute: args => decide(args, 'accept')
    });
    commands.addCommand(CommandIDs.edit, {
      label: trans.__('Edit proposal'),
      caption: trans.__('Edit the cells of the proposal in focus'),
      describedBy: withTrial,
      execute: args => {
        const wanted = wantedTrial(args);
        return wanted && onCard(wanted, model => model.startEditing());
      }
    });
    commands.addCommand(CommandIDs.veto, {
      label: trans.__('Veto proposal…'),
      caption: trans.__('Veto a proposal or a running trial, with a reason'),
      describedBy: describe.trial(trans, {
        reason: { type: 'string', description: trans.__('Why; it steers the next proposal') }
      }),
      execute: args => {
        if (typeof args.reason === 'string') {
          return decide(args, 'veto', args.reason);
        }
        const wanted = wantedTrial(args);
        return wanted && onCard(wanted, model => model.startVeto());
      }
    });
    commands.addCommand(CommandIDs.undoVeto, {
      label: trans.__('Undo veto'),
      caption: trans.__('Make a vetoed trial a proposal again'),
      describedBy: withTrial,
      execute: args => decide(args, 'undo_veto')
    });
    commands.addCommand(CommandIDs.insertCells, {
      label: trans.__('Insert cells of a trial'),
      caption: trans.__('Put the three cells of a trial into the open notebook; nothing runs'),
      describedBy: withTrial,
      execute: async args => {
        const found = await find(args).catch(refused);
        if (found) {
          host.insert(found.card, null);
        }
      }
    });
  }
};
