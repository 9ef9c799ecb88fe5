/**
 * The names of the commands. What they do is in `plugins/`.
 */

/** Command ids, `ftassist:<verb>-<noun>`. */
export namespace CommandIDs {
  export const accept = 'ftassist:accept-proposal';
  export const edit = 'ftassist:edit-proposal';
  export const veto = 'ftassist:veto-proposal';
  export const undoVeto = 'ftassist:undo-veto';
  export const alternatives = 'ftassist:ask-alternatives';
  export const alternativesFor = 'ftassist:ask-alternatives-for';
  export const whatIf = 'ftassist:what-if';
  export const propose = 'ftassist:ask-proposal';
  export const proposeFor = 'ftassist:ask-proposal-for';
  export const insertCells = 'ftassist:insert-cells';
  export const stopTrial = 'ftassist:stop-trial';
  export const pause = 'ftassist:pause-campaign';
  export const resume = 'ftassist:resume-campaign';
  export const stop = 'ftassist:stop-campaign';
  export const startRunner = 'ftassist:start-runner';
  export const allowUnisolated = 'ftassist:allow-unisolated';
  export const newCampaign = 'ftassist:new-campaign';
  export const newFromFile = 'ftassist:new-campaign-from-file';
  export const setReview = 'ftassist:set-review';
  export const setBudget = 'ftassist:set-budget';
  export const refresh = 'ftassist:refresh-campaigns';
  export const chooseCampaign = 'ftassist:choose-campaign';
  export const showExplorer = 'ftassist:show-explorer';
  export const openTrial = 'ftassist:open-trial';
  export const openNotebook = 'ftassist:open-notebook';
  export const compare = 'ftassist:compare-trials';
  export const curves = 'ftassist:show-curves';
  export const branch = 'ftassist:branch-trial';
  export const replicate = 'ftassist:replicate-trial';
  export const promote = 'ftassist:promote-trial';
  export const pin = 'ftassist:pin-trial';
  export const openReport = 'ftassist:open-report';
  export const openTest = 'ftassist:open-sealed-test';
  export const openModelCard = 'ftassist:open-model-card';
  export const exportModel = 'ftassist:export-model';
  export const openHelp = 'ftassist:open-help';
}
