/**
 * What the plugins provide to each other and to other extensions.
 */

import { Token } from '@lumino/coreutils';
import { ICampaignStore } from './store/store';
import { ICardHost } from './card/host';
import { IFace } from './face';

/** The campaigns of this server, live. */
export const ICampaigns = new Token<ICampaignStore>(
  'ftassist:ICampaigns',
  'The campaigns below the root of this Jupyter server, kept up to date.'
);

/** What every view needs to draw itself. */
export const IFaceToken = new Token<IFace>(
  'ftassist:IFaceToken',
  'The services that the views of ftassist share.'
);

/** What cards do in the front end around them. */
export const ICardHostToken = new Token<ICardHost>(
  'ftassist:ICardHostToken',
  'Puts the cells of a card into a notebook.'
);
