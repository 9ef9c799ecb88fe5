/**
 * What the server says when it cannot do something: what, where, and what to do.
 */

import { ITold } from './documents';

/** A refusal by the server, in words for a person. */
export class ApiError extends Error {
  /** @param status - The HTTP status; 0 where the server could not be reached. */
  constructor(
    readonly status: number,
    message: string,
    readonly where = '',
    readonly whatToDo = '',
    readonly code = '',
    readonly body: unknown = null
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Whether something newer happened than the decision was made on. */
  get stale(): boolean {
    return this.status === 409;
  }

  /** All of it in one text. */
  get text(): string {
    const where = this.where ? ` (${this.where})` : '';
    const fix = this.whatToDo ? ` ${sentence(this.whatToDo)}` : '';
    return `${this.message}${where}.${fix}`.replace('..', '.');
  }
}

/** Text with a first word that begins a sentence; names such as t0003 stay as they are. */
function sentence(text: string): string {
  return /^(?!ftassist)[a-z]+[ ,]/.test(text) ? `${text[0].toUpperCase()}${text.slice(1)}` : text;
}

/** The refusal that a document of the server tells of. */
export function toldError(told: ITold): ApiError {
  return new ApiError(400, told.message, told.where, told.what_to_do, told.code);
}

/** The words of any error. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) {
    return error.text;
  }
  return error instanceof Error ? error.message : String(error);
}
