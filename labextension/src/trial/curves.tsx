/**
 * The training curve of a trial, its parent's grey behind it, and others beside.
 */

import React from 'react';
import { ITrialPage } from '../api/documents';
import { CurvesModel } from '../curves/model';
import { Curves } from '../curves/view';
import { useFace } from '../face';

/** The curves of a trial and of whom it is held against. */
export function TrialCurves(props: { page: ITrialPage; campaign: string }): JSX.Element | null {
  const { store, trans } = useFace();
  const { page, campaign } = props;
  const { id, parent } = page;
  const [model, setModel] = React.useState<CurvesModel | null>(null);
  React.useEffect(() => {
    const trials = parent ? [id, parent] : [id];
    const made = new CurvesModel(store, campaign, trials, parent);
    setModel(made);
    return () => made.dispose();
  }, [store, campaign, id, parent]);
  return model && <Curves model={model} missing={curveMissing(page, trans)} />;
}

function curveMissing(page: ITrialPage, trans: ReturnType<typeof useFace>['trans']): string {
  const from = page.stages.train?.cached_from;
  if (from) {
    return trans.__(
      'This trial did not train: its model comes from %1, whose page has the curve.',
      from
    );
  }
  return page.role === 'base'
    ? trans.__('The base model is scored as it is; it has no training curve.')
    : trans.__('No training step yet. The curve appears with the first one.');
}
