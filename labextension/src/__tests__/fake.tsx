/**
 * A server made of the sample answers that the Python tests check against `openapi.yaml`.
 */

import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { readFileSync } from 'fs';
import { resolve } from 'path';
import React from 'react';
import { IApi } from '../api/client';
import { ICampaignView, ICard, INode } from '../api/documents';
import { FaceContext, IFace } from '../face';
import { CampaignStore } from '../store/store';

const SAMPLES = resolve(__dirname, '../../../tests/server/samples');

/** A sample answer of the server; a fresh copy each time. */
export function sample<T>(name: string): T {
  return JSON.parse(readFileSync(resolve(SAMPLES, `${name}.json`), 'utf-8')) as T;
}

/** The API with sample answers; each method can be watched and replaced. */
export function fakeApi(card = 'card_proposal'): jest.Mocked<IApi> {
  return {
    campaigns: jest.fn(async () => sample('campaigns')),
    find: jest.fn(async () => sample<{ campaigns: never[] }>('campaigns').campaigns[0]),
    campaign: jest.fn(async () => sample<ICampaignView>('view_full')),
    thinking: jest.fn(async () => ({ thinking: null, runner_alive: false, running: [] })),
    whatIf: jest.fn(async () => sample('what_if')),
    knobs: jest.fn(async () => sample('knobs')),
    trial: jest.fn(async () => sample('trial_scored')),
    card: jest.fn(async () => sample<ICard>(card)),
    output: jest.fn(async () => sample('output_finished')),
    metrics: jest.fn(async () => ({ ...sample<object>('metrics'), truncated: false })),
    log: jest.fn(async () => sample('log')),
    usage: jest.fn(async () => sample('usage')),
    rows: jest.fn(async () => sample('rows_page')),
    tokens: jest.fn(),
    compare: jest.fn(async () => sample('compare')),
    report: jest.fn(),
    openTest: jest.fn(),
    opening: jest.fn(async () => null),
    decide: jest.fn(async () => sample('decided')),
    act: jest.fn(async () => ({ seq: 200 })),
    leavePlayground: jest.fn(async () => undefined)
  } as unknown as jest.Mocked<IApi>;
}

/** A store that reads nothing by itself. */
export function fakeStore(api: IApi): CampaignStore {
  return new CampaignStore(api, { auto: false, standby: 'never' });
}

/** A face without editors and plots. */
export function fakeFace(api: IApi = fakeApi(), store = fakeStore(api)): IFace {
  return {
    store,
    commands: new CommandRegistry(),
    trans: nullTranslator.load('ftassist'),
    editors: null,
    rendermime: null
  };
}

/** A component under a face. */
export function under(face: IFace, element: JSX.Element): JSX.Element {
  return <FaceContext.Provider value={face}>{element}</FaceContext.Provider>;
}

/** A node with some values of one's own. */
export function node(trial: string, parent: string | null, values: Partial<INode> = {}): INode {
  return {
    trial,
    parent,
    role: parent === null ? 'base' : 'trial',
    replicate_of: null,
    beside: null,
    status: 'scored',
    mark: '●',
    word: 'better',
    title: `title of ${trial}`,
    changes: ['data'],
    score: 0.5,
    low: 0.4,
    high: 0.6,
    verdict: 'better',
    verdict_best: null,
    difference: null,
    rule: 'more_rows',
    why: '',
    actor: 'person:ada',
    author: 'agent:playbook',
    edited: [],
    stage: null,
    cached: [],
    isolation: 'bubblewrap',
    place: '',
    failure: null,
    attempts: 1,
    seconds: 10,
    stopping: false,
    pinned: false,
    tags: [],
    notes: 0,
    wish: 0,
    created: 1,
    updated: 1,
    ...values
  };
}

/** Nodes by id. */
export function nodes(...list: INode[]): Map<string, INode> {
  return new Map(list.map(each => [each.trial, each]));
}
