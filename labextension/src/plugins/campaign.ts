/**
 * Commands on a campaign: propose, alternatives, pause, resume, stop, review mode.
 */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { pauseIcon, runIcon, stopIcon, addIcon } from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { ActionBody } from '../api/documents';
import { errorText } from '../api/errors';
import { CommandIDs } from '../commands';
import { IFace } from '../face';
import { IFaceToken } from '../tokens';
import { describe } from './describe';
import { target } from './target';

/** `ftassist:campaign`. */
export const campaignPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ftassist:campaign',
  description: 'Commands that ask something of a campaign.',
  autoStart: true,
  requires: [IFaceToken],
  activate: (app: JupyterFrontEnd, face: IFace): void => {
    const { trans, store } = face;
    const { commands } = app;
    const withCampaign = describe.campaign(trans);

    const act = async (args: ReadonlyPartialJSONObject, body: ActionBody): Promise<void> => {
      const { campaign } = target(args, store);
      if (campaign === null) {
        void showErrorMessage(
          trans.__('Which campaign?'),
          trans.__('There is none here yet. In a notebook: %ftagent task mini_math')
        );
        return;
      }
      try {
        await store.ask(campaign, body);
      } catch (error) {
        void showErrorMessage(trans.__('This was not done'), errorText(error));
      }
    };
    const phase = (): string =>
      store.campaigns.find(row => row.id === store.current)?.phase ?? 'none';

    commands.addCommand(CommandIDs.propose, {
      label: trans.__('Propose next trial'),
      caption: trans.__('Ask the agent for a proposal'),
      icon: addIcon,
      describedBy: describe.trial(trans),
      execute: args => {
        const parent = typeof args.trial === 'string' ? { trial: args.trial } : {};
        return act(args, { action: 'propose', ...parent });
      }
    });
    commands.addCommand(CommandIDs.alternatives, {
      label: trans.__('Ask for alternatives'),
      caption: trans.__('Ask for up to three other proposals beside this one'),
      describedBy: describe.trial(trans),
      execute: args => {
        const { trial } = target(args, store);
        return act(args, { action: 'alternatives', ...(trial ? { trial } : {}) });
      }
    });
    commands.addCommand(CommandIDs.pause, {
      label: trans.__('Pause campaign'),
      caption: trans.__('Start no new trial until it is resumed'),
      icon: pauseIcon,
      describedBy: withCampaign,
      isEnabled: () => phase() === 'running' || phase() === 'new',
      execute: args => act(args, { action: 'pause' })
    });
    commands.addCommand(CommandIDs.resume, {
      label: trans.__('Resume campaign'),
      caption: trans.__('Let the campaign go on'),
      icon: runIcon,
      describedBy: withCampaign,
      isEnabled: () => phase() === 'paused' || phase() === 'stopped',
      execute: args => act(args, { action: 'resume' })
    });
    commands.addCommand(CommandIDs.stop, {
      label: trans.__('Stop campaign'),
      caption: trans.__('Stop the campaign and its running trials'),
      icon: stopIcon,
      describedBy: withCampaign,
      isEnabled: () => ['running', 'new', 'paused'].includes(phase()),
      execute: async args => {
        const sure = await showDialog({
          title: trans.__('Stop the campaign?'),
          body: trans.__('Running trials end. Nothing is lost; it can be resumed.'),
          buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Stop') })]
        });
        if (sure.button.accept) {
          await act(args, { action: 'stop_campaign' });
        }
      }
    });
    commands.addCommand(CommandIDs.startRunner, {
      label: trans.__('Start the runner'),
      caption: trans.__('Start the process that runs accepted trials'),
      describedBy: withCampaign,
      execute: args => act(args, { action: 'start_runner' })
    });
    commands.addCommand(CommandIDs.allowUnisolated, {
      label: trans.__('Allow cells of a model to run without isolation…'),
      caption: trans.__('Answer a campaign that waits for your consent'),
      describedBy: withCampaign,
      isEnabled: args => {
        const { campaign } = target(args, store);
        return store.campaigns.some(row => row.id === campaign && row.waits_for === 'consent');
      },
      execute: async args => {
        const { campaign } = target(args, store);
        if (campaign === null) {
          return;
        }
        const model = store.model(campaign);
        await model.refresh();
        const { askConsent } = await import('../agent/consent_dialog');
        if (model.campaign && (await askConsent(campaign, model.campaign, trans))) {
          await act({ campaign }, { action: 'allow_unisolated' });
        }
      }
    });
    commands.addCommand(CommandIDs.setBudget, {
      label: trans.__('Change the budget…'),
      caption: trans.__('Trials, rows, seconds, dollars and device-hours of the campaign'),
      describedBy: withCampaign,
      execute: async args => {
        const { campaign } = target(args, store);
        const known = campaign === null ? null : store.model(campaign).campaign;
        if (campaign === null || !known) {
          return;
        }
        const { askBudget } = await import('../agent/budget_dialog');
        const limits = await askBudget(known.name, known.budget, trans);
        if (limits) {
          await act({ campaign }, { action: 'set_budget', budget: { ...limits } });
        }
      }
    });
    commands.addCommand(CommandIDs.setReview, {
      label: trans.__('Set review mode'),
      caption: trans.__('Whether a proposal waits for a person'),
      describedBy: describe.campaign(trans, {
        review: { type: 'string', description: 'always, never, "timeout 60" or "cost 2"' }
      }),
      execute: async args => {
        const review = String(args.review ?? 'always');
        const { campaign } = target(args, store);
        if (campaign === null || review !== 'never' || (await mayRunAlone(face, campaign))) {
          await act(args, { action: 'set_review', review });
        }
      }
    });
    commands.addCommand(CommandIDs.chooseCampaign, {
      label: trans.__('Choose campaign'),
      describedBy: withCampaign,
      execute: args => {
        if (typeof args.campaign === 'string') {
          store.choose(args.campaign);
        }
      }
    });
    store.changed.connect(() => {
      const { pause, resume, stop, allowUnisolated } = CommandIDs;
      for (const id of [pause, resume, stop, allowUnisolated]) {
        commands.notifyCommandChanged(id);
      }
    }, store);
  }
};

/** Asks once before a campaign starts to spend without asking. */
async function mayRunAlone(face: IFace, campaign: string): Promise<boolean> {
  const { trans, store } = face;
  const model = store.model(campaign);
  await model.refresh();
  const known = model.campaign;
  if (known?.review === 'never') {
    return true;
  }
  const plan = await store.api.plan(campaign).catch(() => null);
  const { askToRunAlone } = await import('../agent/plan_dialog');
  const spending = known?.spending ?? trans.__('what is left of its budget');
  return askToRunAlone({ name: known?.name ?? campaign, spending }, plan, trans);
}
