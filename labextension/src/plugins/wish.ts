/**
 * Commands that ask for a proposal, or for alternatives to one, with a wish in words.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { editIcon } from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { ActionBody } from '../api/documents';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { IFaceToken } from '../tokens';
import { clean } from '../words/text';
import { describe } from './describe';
import { target } from './target';

/** `ftassist:wish`. */
export const wishPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:wish',
  description: 'Asks for proposals and alternatives with a wish in words.',
  autoStart: true,
  requires: [IFaceToken],
  activate: (app: JupyterFrontEnd, face: IFace): void => {
    const { trans, store } = face;
    const { commands } = app;

    /** Opens the dialog over a campaign; says where nothing can be asked. */
    const ask = async (
      campaign: string | null,
      title: string,
      body: ActionBody
    ): Promise<void> => {
      if (campaign === null) {
        void showErrorMessage(
          trans.__('Which campaign?'),
          trans.__('There is none here yet. In a notebook: %ftagent task mini_math')
        );
        return;
      }
      const { askWish } = await import('../agent/wish_dialog');
      const send = (wish: string): Promise<void> =>
        store.ask(campaign, wish ? { ...body, wish } : body);
      await askWish(title, send, trans);
    };

    commands.addCommand(CommandIDs.proposeFor, {
      label: trans.__('Propose with a wish…'),
      caption: trans.__('Say in words what the next proposal should be about'),
      icon: editIcon,
      describedBy: describe.trial(trans),
      execute: (args: ReadonlyPartialJSONObject) => {
        const parent = typeof args.trial === 'string' ? { trial: args.trial } : {};
        const { campaign } = target(args, store);
        return ask(campaign, trans.__('Propose next trial'), { action: 'propose', ...parent });
      }
    });
    commands.addCommand(CommandIDs.alternativesFor, {
      label: trans.__('Ask for alternatives with a wish…'),
      caption: trans.__('Say in words what other proposals beside this one should be about'),
      describedBy: describe.trial(trans),
      execute: (args: ReadonlyPartialJSONObject) => {
        const { campaign, trial } = target(args, store);
        if (campaign !== null && trial === null) {
          void showErrorMessage(
            trans.__('Which trial?'),
            trans.__('Put the focus on a card, or select a trial in the trial explorer.')
          );
          return;
        }
        const title = trans.__('Alternatives to %1', clean(trial ?? ''));
        return ask(campaign, title, { action: 'alternatives', trial: trial ?? '' });
      }
    });
  }
};
