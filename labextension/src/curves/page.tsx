/**
 * Curves of picked trials as a page in the main area.
 */

import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';
import { FaceContext, IFace, useFace } from '../face';
import { explorerIcon } from '../icons/icons';
import { CurvesModel } from './model';
import { Curves } from './view';

/** The widget of a campaign's curves; one a campaign. */
export class CurvesPage extends ReactWidget {
  constructor(
    private readonly _face: IFace,
    readonly campaign: string,
    trials: readonly string[]
  ) {
    super();
    this.addClass('jp-ft-Page');
    this.id = CurvesPage.id(campaign);
    this.title.label = _face.trans.__('Curves');
    this.title.icon = explorerIcon;
    this.title.closable = true;
    this.title.caption = _face.trans.__('Training curves of several trials');
    this.model = new CurvesModel(_face.store, campaign, trials);
  }

  /** The id of the page of a campaign. */
  static id(campaign: string): string {
    return `ftassist-curves-${campaign}`;
  }

  /** Which curves it draws. */
  readonly model: CurvesModel;

  dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected render(): JSX.Element {
    return (
      <FaceContext.Provider value={this._face}>
        <CurvesBody model={this.model} />
      </FaceContext.Provider>
    );
  }
}

function CurvesBody(props: { model: CurvesModel }): JSX.Element {
  const { trans } = useFace();
  return (
    <div className="jp-ft-PageBody">
      <h2>{trans.__('Training curves')}</h2>
      <Curves model={props.model} />
    </div>
  );
}
