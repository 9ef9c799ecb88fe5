/**
 * The side panel: head, tree and table, as sections of a JupyterLab side panel.
 */

import { ReactWidget, SidePanel } from '@jupyterlab/ui-components';
import React from 'react';
import { FaceContext, IFace, useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { explorerIcon } from '../icons/icons';
import { ExplorerHeader } from './header';
import { TrialTable } from './table';
import { SearchTree } from './tree';

/** The panel's id in the shell. */
export const EXPLORER_ID = 'ftassist-explorer';

/** The trial explorer. */
export class TrialExplorer extends SidePanel {
  constructor(private readonly _face: IFace) {
    super({ translator: undefined });
    const { trans, store } = _face;
    this.id = EXPLORER_ID;
    this.addClass('jp-ft-Explorer');
    this.title.icon = explorerIcon;
    this.title.caption = trans.__('Trial explorer');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Trial explorer'));
    const head = view(_face, <ExplorerHeader />, 'jp-ft-Explorer-head');
    this.header.addWidget(head);
    const tree = view(_face, <Chosen of={SearchTree} />, 'jp-ft-Explorer-tree');
    tree.title.label = trans.__('Tree');
    this.addWidget(tree);
    const table = view(_face, <Chosen of={TrialTable} />, 'jp-ft-Explorer-table');
    table.title.label = trans.__('Trials');
    this.addWidget(table);
    store.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._face.store.changed.disconnect(this._onChanged, this);
      super.dispose();
    }
  }

  /** The badge on the icon: how many proposals wait. */
  private _onChanged(): void {
    const { store, trans } = this._face;
    const waiting = store.campaigns.reduce((sum, row) => sum + row.pending.length, 0);
    this.title.className = waiting > 0 ? 'jp-ft-Tab jp-mod-waiting' : 'jp-ft-Tab';
    this.title.dataset = { ...this.title.dataset, 'ft-waiting': String(Math.min(waiting, 99)) };
    this.title.caption =
      waiting > 0
        ? trans._n(
            'Trial explorer: %1 proposal waits for you',
            'Trial explorer: %1 proposals wait for you',
            waiting
          )
        : trans.__('Trial explorer');
  }
}

function view(face: IFace, element: JSX.Element, className: string): ReactWidget {
  const widget = ReactWidget.create(
    <FaceContext.Provider value={face}>{element}</FaceContext.Provider>
  );
  widget.addClass(className);
  return widget;
}

/** A view of the chosen campaign; drawn anew when another is chosen. */
function Chosen(props: {
  of: React.ComponentType<{ model: ICampaignModel }>;
}): JSX.Element | null {
  const { store } = useFace();
  useVersion(store);
  const { of: View } = props;
  return store.current === null ? null : (
    <View key={store.current} model={store.model(store.current)} />
  );
}
