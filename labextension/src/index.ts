/**
 * The plugins of ftassist in JupyterLab.
 */

import { campaignPlugin } from './plugins/campaign';
import { cardPlugin } from './plugins/card';
import { decidePlugin } from './plugins/decide';
import { explorerPlugin } from './plugins/explorer';
import { facePlugin } from './plugins/face';
import { finishPlugin } from './plugins/finish';
import { helpPlugin } from './plugins/help';
import { launcherPlugin } from './plugins/launcher';
import { notificationsPlugin } from './plugins/notifications';
import { startPlugin } from './plugins/start';
import { statusPlugin } from './plugins/status';
import { campaignsPlugin } from './plugins/store';
import { storyPlugin } from './plugins/story';
import { trialPlugin } from './plugins/trial';
import { whatIfPlugin } from './plugins/what_if';
import { wishPlugin } from './plugins/wish';

export * from './tokens';

export default [
  campaignsPlugin,
  facePlugin,
  cardPlugin,
  storyPlugin,
  decidePlugin,
  campaignPlugin,
  wishPlugin,
  trialPlugin,
  whatIfPlugin,
  finishPlugin,
  explorerPlugin,
  startPlugin,
  statusPlugin,
  notificationsPlugin,
  helpPlugin,
  launcherPlugin
];
