/**
 * The schemas of commands' arguments, for people and programs that list commands.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReadonlyJSONObject } from '@lumino/coreutils';

interface IDescription {
  args: ReadonlyJSONObject;
}

/** Schemas for commands on a campaign, and on a trial. */
export namespace describe {
  /** Arguments of a command on a campaign. */
  export function campaign(trans: TranslationBundle, more: ReadonlyJSONObject = {}): IDescription {
    return {
      args: {
        type: 'object',
        properties: {
          campaign: {
            type: 'string',
            description: trans.__('The id of the campaign; the chosen one where it is left out')
          },
          ...more
        }
      }
    };
  }

  /** Arguments of a command on a trial. */
  export function trial(trans: TranslationBundle, more: ReadonlyJSONObject = {}): IDescription {
    return campaign(trans, {
      trial: {
        type: 'string',
        description: trans.__('The trial, such as t0003; the one in focus where it is left out')
      },
      ...more
    });
  }
}
