/**
 * Commands that decide: accept, edit, veto, undo, alternatives.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DecisionKind, ICard } from '../api/documents';
import { errorText } from '../api/errors';
import { commonReasons } from '../card/reasons';
import { ICardHost } from '../card/host';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { ICardHostToken, IFaceToken } from '../tokens';
import { describe } from './describe';
import { target } from './target';

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

    /** The card a command means; tells the person where there is none. */
    const find = async (
      args: ReadonlyPartialJSONObject
    ): Promise<{ campaign: string; card: ICard } | null> => {
      const { campaign, trial } = target(args, store);
      if (campaign === null || trial === null) {
        void showErrorMessage(
          trans.__('Which trial?'),
          trans.__('Put the focus on a card, or select a trial in the trial explorer.')
        );
        return null;
      }
      return { campaign, card: await store.api.card(campaign, trial) };
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
        const card = document.activeElement?.closest<HTMLElement>('[data-ft-trial]');
        const { campaign, trial } = target(args, store);
        const button = card?.querySelector<HTMLElement>('[data-ft-action="edit"]');
        if (button) {
          button.click();
        } else if (campaign && trial) {
          return commands.execute(CommandIDs.openTrial, { campaign, trial });
        }
      }
    });
    commands.addCommand(CommandIDs.veto, {
      label: trans.__('Veto proposal…'),
      caption: trans.__('Veto a proposal or a running trial, with a reason'),
      describedBy: describe.trial(trans, {
        reason: { type: 'string', description: trans.__('Why; it steers the next proposal') }
      }),
      execute: async args => {
        const reason = typeof args.reason === 'string' ? args.reason : await askReason(face);
        if (reason !== null) {
          await decide(args, 'veto', reason);
        }
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

/** Asks why, until a reason is given or the person turns back. */
async function askReason(face: IFace): Promise<string | null> {
  const { trans } = face;
  const answer = await InputDialog.getItem({
    title: trans.__('Why not? The next proposal will be told.'),
    items: commonReasons(trans),
    editable: true,
    okLabel: trans.__('Veto')
  });
  const reason = answer.button.accept ? (answer.value ?? '').trim() : '';
  return reason || null;
}
