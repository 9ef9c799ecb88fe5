/**
 * What a notebook's own copy tells of what became of a trial, for where no server knows better.
 *
 * The copy may come from anywhere: only its texts, numbers and lists are taken, each as such.
 */

import { ILive } from '../api/documents';
import { isNumber } from '../words/numbers';
import { clean } from '../words/text';

type Loose = { [name: string]: unknown };

/** The copy's last part, made sound; undefined where it has none. */
export function copiedLive(data: unknown): ILive | undefined {
  const live = loose((data as Loose | null)?.live);
  if (!live || typeof live.outcome !== 'string') {
    return undefined;
  }
  const score = loose(live.score);
  const decided = loose(live.decided);
  const failure = loose(live.failure);
  return {
    mark: text(live.mark),
    word: text(live.word),
    outcome: text(live.outcome),
    best: live.best === true,
    stage: null,
    stages_done: list(live.stages_done).map(stage => ({
      stage: text(stage.stage),
      seconds: number(stage.seconds),
      cached_from: stage.cached_from ? text(stage.cached_from) : null,
      summary: text(stage.summary)
    })),
    checks: list(live.checks).map(check => ({
      check: text(check.check),
      passed: check.passed === true,
      message: text(check.message)
    })),
    progress: null,
    score: score && {
      score: number(score.score) ?? 0,
      ...interval(score),
      n: number(score.n),
      text: text(score.text)
    },
    verdict: sentence(live.verdict),
    verdict_best: null,
    verdict_baseline: text(live.verdict_baseline),
    general: text(live.general),
    prediction: {
      ...interval(loose(live.prediction) ?? {}),
      observed: number(loose(live.prediction)?.observed),
      held: null,
      sentence: text(loose(live.prediction)?.sentence)
    },
    wrong: [],
    analysis: loose(live.analysis) && { text: text(loose(live.analysis)?.text) },
    failure: failure && {
      class: text(failure.class),
      stage: failure.stage ? text(failure.stage) : null,
      message: text(failure.message),
      traceback: text(failure.traceback),
      sentence: text(failure.sentence)
    },
    decided: decided && {
      kind: text(decided.kind),
      actor: text(decided.actor),
      reason: text(decided.reason)
    },
    stopping: null,
    replicates: [],
    export: null,
    pinned: false,
    started: null,
    finished: null
  };
}

function sentence(value: unknown): ILive['verdict'] {
  const verdict = loose(value);
  return verdict && { sentence: text(verdict.sentence), ...interval(verdict) };
}

function interval(value: Loose): { low: number | null; high: number | null } {
  return { low: number(value.low), high: number(value.high) };
}

function loose(value: unknown): Loose | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Loose)
    : null;
}

function list(value: unknown): Loose[] {
  return Array.isArray(value) ? value.map(loose).filter(item => item !== null) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? clean(value) : '';
}

function number(value: unknown): number | null {
  return isNumber(value) ? value : null;
}
