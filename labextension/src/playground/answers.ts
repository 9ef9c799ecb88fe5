/**
 * What models have answered by hand so far, from the lines of the stream. Pure functions.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IPlaygroundLine } from '../api/documents';
import { ApiError } from '../api/errors';

/** A model that is asked, and how far its answer is. */
export interface IAnswer {
  trial: string;
  phase: 'waiting' | 'loading' | 'answering' | 'done' | 'failed';
  text: string;
  tokens: number | null;
  seconds: number | null;
  ended: IPlaygroundLine['ended'] | null;
  problem: string;
}

/** The answers after one more line of the stream. */
export function answersAfter(answers: readonly IAnswer[], line: IPlaygroundLine): IAnswer[] {
  if (line.models) {
    return line.models.map(trial => ({
      trial,
      phase: 'waiting',
      text: '',
      tokens: null,
      seconds: null,
      ended: null,
      problem: ''
    }));
  }
  return answers.map(answer =>
    answer.trial === line.model
      ? {
          ...answer,
          phase: line.phase ?? answer.phase,
          text: line.text ?? answer.text,
          tokens: line.tokens ?? answer.tokens,
          seconds: line.seconds ?? answer.seconds,
          ended: line.ended ?? answer.ended,
          problem: line.error ? told(line.error) : answer.problem
        }
      : answer
  );
}

/** Answers of which no more comes: what had not ended was cancelled. */
export function settled(answers: readonly IAnswer[]): IAnswer[] {
  return answers.map(answer =>
    answer.phase === 'done' || answer.phase === 'failed'
      ? answer
      : { ...answer, phase: 'done', ended: 'cancelled' }
  );
}

/** An error of the stream in words. */
export function told(error: NonNullable<IPlaygroundLine['error']>): string {
  return new ApiError(0, error.message, error.where, error.what_to_do).text;
}

/** How far an answer is, or how it ended. */
export function phaseText(answer: IAnswer, trans: TranslationBundle): string {
  switch (answer.phase) {
    case 'waiting':
      return trans.__('waits');
    case 'loading':
      return trans.__('loading the model…');
    case 'answering':
      return trans.__('answering…');
    case 'failed':
      return trans.__('no answer');
  }
  const ended = {
    end: '',
    limit: trans.__('cut off at the limit of tokens'),
    time: trans.__('cut off, it took too long'),
    cancelled: trans.__('cancelled')
  };
  const took =
    answer.tokens === null
      ? ''
      : trans.__('%1 tokens in %2 s', answer.tokens, (answer.seconds ?? 0).toFixed(1));
  return [took, ended[answer.ended ?? 'end']].filter(Boolean).join(' · ');
}
