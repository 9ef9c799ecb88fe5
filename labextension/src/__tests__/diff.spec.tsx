import { render, screen } from '@testing-library/react';
import React from 'react';
import { ICellDiff, ICard } from '../api/documents';
import { DiffCount, DiffText } from '../card/cell';
import { newsOf } from '../store/news';
import { interval, range, score, signed, spans } from '../words/numbers';
import { fakeFace, node, sample, under } from './fake';

const DIFF: ICellDiff = {
  stage: 'train',
  added: 1,
  removed: 1,
  diff: ['@@ -1,2 +1,2 @@', ' train.sft(', '-    epochs=2,', '+    epochs=<b>4</b>,']
};

describe('the diff of a cell', () => {
  it('keeps its signs, tells lines apart and makes no elements of its text', () => {
    const { container } = render(under(fakeFace(), <DiffText source="" diff={DIFF} />));
    const kinds = [...container.querySelectorAll('span')].map(line => line.className);
    expect(kinds).toEqual([
      'jp-ft-line-hunk',
      'jp-ft-line-same',
      'jp-ft-line-removed',
      'jp-ft-line-added'
    ]);
    expect(container.textContent).toContain('+    epochs=<b>4</b>,');
    expect(container.querySelector('b')).toBeNull();
  });

  it('is told in numbers, or as unchanged', () => {
    const { rerender, container } = render(under(fakeFace(), <DiffCount diff={DIFF} />));
    expect(container.textContent).toBe('+1 −1');
    rerender(under(fakeFace(), <DiffCount diff={{ ...DIFF, added: 0, removed: 0 }} />));
    expect(screen.getByText('unchanged')).toBeTruthy();
  });

  it('of a real card has lines for each changed cell', () => {
    const { diff } = sample<ICard>('card_proposal');
    for (const cell of diff) {
      const signs = cell.diff.map(line => line[0]);
      expect(signs.filter(sign => sign === '+')).toHaveLength(cell.added);
      expect(signs.filter(sign => sign === '-')).toHaveLength(cell.removed);
    }
  });
});

describe('numbers', () => {
  it('are rounded as the command line rounds them, without a negative zero', () => {
    expect(signed(-0.025)).toBe('−0.03');
    expect(signed(-0.001)).toBe('+0.00');
    expect(score(0.7777)).toBe('0.78');
    expect(score(null)).toBe('-');
    expect(interval(0.29, 0.45)).toBe('[0.29, 0.45]');
    expect(range(0.15, 0.35, fakeFace().trans)).toBe('+0.15 to +0.35');
  });
});

describe('numbers of lines', () => {
  it('are joined where they follow each other', () => {
    expect(spans([3, 4, 5, 9, 11, 12])).toBe('3–5, 9, 11–12');
    expect(spans([])).toBe('');
  });
});

describe('news', () => {
  it('are new proposals and trials that ended, not every step', () => {
    expect(newsOf(node('t0001', 't0000', { status: 'proposed' }), undefined)).toBe('waiting');
    expect(newsOf(node('t0001', 't0000', { status: 'scored' }), 'running')).toBe('finished');
    expect(newsOf(node('t0001', 't0000', { status: 'failed' }), 'running')).toBe('failed');
    expect(newsOf(node('t0001', 't0000', { status: 'running' }), 'accepted')).toBeNull();
  });
});
