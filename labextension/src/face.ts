/**
 * What every view needs: the store, the commands, the words, and JupyterLab's editors and plots.
 */

import { IEditorServices } from '@jupyterlab/codeeditor';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { ISignal } from '@lumino/signaling';
import React from 'react';
import { ICampaignStore } from './store/store';

/** The services of a view. */
export interface IFace {
  readonly store: ICampaignStore;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
  readonly editors: IEditorServices | null;
  readonly rendermime: IRenderMimeRegistry | null;
}

/** The face of the views below. */
export const FaceContext = React.createContext<IFace | null>(null);

/** The face a component is drawn for. */
export function useFace(): IFace {
  const face = React.useContext(FaceContext);
  if (!face) {
    throw new Error('a view of ftassist was drawn outside a FaceContext');
  }
  return face;
}

/** Re-renders a component when a signal fires; gives the source's version. */
export function useVersion<S extends { readonly version: number }>(
  source: S & { readonly changed: ISignal<unknown, unknown> }
): number {
  const subscribe = React.useCallback(
    (notify: () => void) => {
      const slot = (): void => notify();
      source.changed.connect(slot);
      return () => {
        source.changed.disconnect(slot);
      };
    },
    [source]
  );
  return React.useSyncExternalStore(subscribe, () => source.version);
}
