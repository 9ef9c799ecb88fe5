/**
 * Which proposals wait, each announced once: alternatives are shown with the proposal that they
 * were asked for beside, and counted there.
 */

import { INode } from '../api/documents';

/** A proposal that waits, with its alternatives. */
export interface IWaiting {
  trial: string;
  alternatives: string[];
}

/** The proposals that wait, in their order. */
export function waitingTrials(
  pending: readonly string[],
  nodes: ReadonlyMap<string, INode>
): IWaiting[] {
  const groups = new Map<string, IWaiting>();
  for (const trial of pending) {
    const beside = nodes.get(trial)?.beside ?? trial;
    const first = pending.includes(beside) ? beside : trial;
    const known = groups.get(first) ?? { trial: first, alternatives: [] };
    groups.set(first, known);
    if (trial !== first) {
      known.alternatives.push(trial);
    }
  }
  return [...groups.values()];
}
