/**
 * Reading for views: the outlook of a campaign, and documents that are asked for by hand.
 */

import React from 'react';
import { errorText } from '../api/errors';
import { useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { OutlookModel } from '../store/outlook';

/** The outlook of a campaign, kept up to date while the view is there. */
export function useOutlook(model: ICampaignModel): OutlookModel {
  const { outlook } = model;
  useVersion(outlook);
  React.useEffect(() => {
    const watch = outlook.watch();
    return () => watch.dispose();
  }, [outlook]);
  return outlook;
}

/** What was read, and why the last reading failed. */
export interface IRead<T> {
  found: T | null;
  problem: string;
}

/** Reads something, again when `key` changes; an answer that comes too late is dropped. */
export function useRead<T>(key: string, read: () => Promise<T>): IRead<T> {
  const [state, setState] = React.useState<IRead<T>>({ found: null, problem: '' });
  React.useEffect(() => {
    let gone = false;
    read().then(
      found => !gone && setState({ found, problem: '' }),
      error => !gone && setState(old => ({ ...old, problem: errorText(error) }))
    );
    return () => {
      gone = true;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return state;
}
