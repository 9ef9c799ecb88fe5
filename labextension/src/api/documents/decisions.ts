/** What a person sends, and the answer. */

import { PartialJSONObject } from '@lumino/coreutils';

import { ICard } from './card';

export type DecisionKind = 'accept' | 'edit' | 'veto' | 'correct' | 'undo_veto';

export interface IDecisionBody {
  decision: DecisionKind;
  trial: string;
  seen: number;
  reason?: string;
  cells?: { [stage: string]: string };
  /** For edit: the change of the metric that the person expects. */
  prediction?: { low: number; high: number };
  /** For correct: what is not to be proposed, as keys or words of the card's `readings`. */
  avoid?: string[];
  /** For correct: what is to be tried; nothing of both makes the reason a note. */
  try?: string[];
}

export interface IDecisionReply {
  seq: number;
  trial: ICard;
}

export type ActionName =
  | 'propose'
  | 'cancel'
  | 'alternatives'
  | 'pause'
  | 'resume'
  | 'stop_campaign'
  | 'stop_trial'
  | 'set_review'
  | 'set_budget'
  | 'branch'
  | 'replicate'
  | 'promote'
  | 'note'
  | 'remove_note'
  | 'tag'
  | 'untag'
  | 'pin'
  | 'unpin'
  | 'export_model'
  | 'start_runner'
  | 'allow_unisolated';

export type ActionBody = { action: ActionName; trial?: string } & PartialJSONObject;
