/**
 * The strip of devices: each one that trials ran on, with the trial that runs on it now.
 */

import React from 'react';
import { INode } from '../api/documents';
import { CommandIDs } from '../commands';
import { useFace, useVersion } from '../face';
import { ICampaignModel } from '../store/campaign';
import { clean } from '../words/text';

/** More devices are counted, not drawn. */
const MOST = 32;

/** A device, and the trial on it; null where it is idle. */
export interface IDevice {
  place: string;
  trial: string | null;
}

/** The devices that trials ran on, in the order of their names; none where all ran on a CPU. */
export function devicesOf(nodes: Iterable<INode>): IDevice[] {
  const found = new Map<string, string | null>();
  for (const node of nodes) {
    if (node.place) {
      const runs = node.status === 'running' ? node.trial : null;
      found.set(node.place, runs ?? found.get(node.place) ?? null);
    }
  }
  return [...found]
    .map(([place, trial]) => ({ place, trial }))
    .sort((one, other) => one.place.localeCompare(other.place, 'en', { numeric: true }));
}

/** What runs on each device. */
export function Devices(props: { model: ICampaignModel }): JSX.Element | null {
  const { model } = props;
  const { commands, trans } = useFace();
  useVersion(model);
  const devices = devicesOf(model.nodes.values());
  const alive = model.campaign?.runner_alive === true;
  if (devices.length === 0) {
    return null;
  }
  return (
    <ul className="jp-ft-Devices" aria-label={trans.__('Devices')}>
      {devices.slice(0, MOST).map(({ place, trial }) => (
        <li key={place} className={trial && alive ? 'jp-ft-Device jp-mod-busy' : 'jp-ft-Device'}>
          <span>{clean(place)}</span>
          {trial && alive ? (
            <button
              className="jp-ft-link"
              title={trans.__('Open the page of %1', trial)}
              onClick={() =>
                void commands.execute(CommandIDs.openTrial, { campaign: model.id, trial })
              }
            >
              {trial}
            </button>
          ) : (
            <span className="jp-ft-muted">{trans.__('idle')}</span>
          )}
        </li>
      ))}
      {devices.length > MOST && (
        <li className="jp-ft-muted">{trans.__('and %1 more', devices.length - MOST)}</li>
      )}
    </ul>
  );
}
