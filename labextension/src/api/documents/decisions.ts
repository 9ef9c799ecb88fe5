/** What a person sends, and the answer. */

import { PartialJSONObject } from '@lumino/coreutils';

import { ICard } from './card';

export type DecisionKind = 'accept' | 'edit' | 'veto' | 'undo_veto';

export interface IDecisionBody {
  decision: DecisionKind;
  trial: string;
  seen: number;
  reason?: string;
  cells?: { [stage: string]: string };
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
  | 'branch'
  | 'replicate'
  | 'pin'
  | 'unpin'
  | 'export_model'
  | 'start_runner';

export type ActionBody = { action: ActionName; trial?: string } & PartialJSONObject;
