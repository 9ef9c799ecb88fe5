/**
 * The side panel: head, tree and table, as sections of a JupyterLab side panel.
 */

import { ReactWidget, SidePanel } from '@jupyterlab/ui-components';
import { Message, MessageLoop } from '@lumino/messaging';
import { AccordionPanel, Widget } from '@lumino/widgets';
import React from 'react';
import { FaceContext, IFace, useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { explorerIcon } from '../icons/icons';
import { ExplorerHeader } from './header';
import { TrialTable } from './table';
import { SearchTree } from './tree';

/** The panel's id in the shell. */
export const EXPLORER_ID = 'ftassist-explorer';
/** Below this height, in pixels, the tree gets the place of the table. */
const SHORT = 740;
/** Below this one, that of meters and words, too. */
const LOW = 560;
/** How tree and table share the height: the tree is what the panel is for. */
const SHARES = [3, 2];
/** How long the tree may take to be drawn before the focus goes elsewhere, in frames. */
const FRAMES = 60;
/** The place of the table among the sections. */
const TABLE = 1;

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
    const sections = this.content as AccordionPanel;
    sections.setRelativeSizes(SHARES);
    // Folded, the table loses its share; the tree has changed its own meanwhile.
    sections.expansionToggled.connect(() => sections.setRelativeSizes(SHARES));
    store.changed.connect(this._onChanged, this);
    this._onChanged();
    // The head grows with what waits, and tells nobody: the sections must hear of it.
    this._sizes.observe(this.content.node);
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._sizes.disconnect();
      this._face.store.changed.disconnect(this._onChanged, this);
      super.dispose();
    }
  }

  /** Who asks for the panel works there: the focus goes to the tree, else to the chooser. */
  protected onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this._takeFocus(FRAMES);
  }

  private _takeFocus(frames: number): void {
    const tree = this.node.querySelector<HTMLElement>('[role=tree]');
    if (tree) {
      // Nothing gets chosen by it: a command still means what a person has chosen.
      tree.dataset.ftQuiet = 'true';
      tree.focus({ preventScroll: true });
      delete tree.dataset.ftQuiet;
    } else if (frames > 0 && !this.isDisposed) {
      requestAnimationFrame(() => this._takeFocus(frames - 1));
    } else {
      this.node.querySelector<HTMLElement>('select, button')?.focus({ preventScroll: true });
    }
  }

  /** Fits the sections into their place; where it is low, folds the table until there is more. */
  private _fitSections(): void {
    if (this.isDisposed || !this.isVisible) {
      return;
    }
    const sections = this.content as AccordionPanel;
    const height = this.node.clientHeight;
    this.toggleClass('jp-mod-short', height < SHORT);
    this.toggleClass('jp-mod-low', height < LOW);
    if (height < SHORT !== this._short) {
      this._short = height < SHORT;
      if (this._short) {
        this._folded = !sections.widgets[TABLE].isHidden;
        sections.collapse(TABLE);
      } else if (this._folded) {
        sections.expand(TABLE);
      }
    }
    MessageLoop.sendMessage(sections, Widget.ResizeMessage.UnknownSize);
  }

  /** The badge on the icon: how many proposals wait. */
  private _onChanged(): void {
    const { store, trans } = this._face;
    const waiting = store.campaigns.reduce((sum, row) => sum + row.pending.length, 0);
    const asks = store.campaigns.some(row => row.waits_for === 'consent');
    this.title.className = waiting > 0 || asks ? 'jp-ft-Tab jp-mod-waiting' : 'jp-ft-Tab';
    const badge = asks ? '!' : String(Math.min(waiting, 99));
    this.title.dataset = { ...this.title.dataset, 'ft-waiting': badge };
    this.title.caption = asks
      ? trans.__('Trial explorer: a campaign waits for your consent')
      : waiting > 0
        ? trans._n(
            'Trial explorer: %1 proposal waits for you',
            'Trial explorer: %1 proposals wait for you',
            waiting
          )
        : trans.__('Trial explorer');
  }

  private _short = false;
  private _folded = false;
  private readonly _sizes = new ResizeObserver(() => this._fitSections());
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
