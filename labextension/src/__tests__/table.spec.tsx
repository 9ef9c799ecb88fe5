import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { TrialTable } from '../explorer/table';
import { CampaignModel } from '../store/campaign';
import { nextOrder, tableRows } from '../store/table';
import { fakeApi, fakeFace, node, under } from './fake';

const ALL = { text: '', word: '' };

describe('the rows of the table', () => {
  const some = [
    node('t0001', 't0000', { score: 0.2, word: 'worse' }),
    node('t0002', 't0000', { score: null, word: 'failed', failure: 'OOM' }),
    node('t0003', 't0000', { score: 0.9, title: 'worked solutions' }),
    node('t0004', 't0000', { score: 0.2, rule: 'epochs' })
  ];
  const ids = (rows: { trial: string }[]): string[] => rows.map(row => row.trial);

  it('are sorted by a column; rows without a value come last both ways; ties by id', () => {
    const down = tableRows(some, ALL, { column: 'score', descending: true });
    expect(ids(down)).toEqual(['t0003', 't0001', 't0004', 't0002']);
    const up = tableRows(some, ALL, { column: 'score', descending: false });
    expect(ids(up)).toEqual(['t0001', 't0004', 't0003', 't0002']);
  });

  it('count up beyond four digits, whichever column asks', () => {
    const many = [node('t10000', 't9999'), node('t1001', 't10000'), node('t9999', 't1001')];
    const by = (column: 'trial' | 'parent' | 'score'): string[] =>
      ids(tableRows(many, ALL, { column, descending: false }));
    expect(by('trial')).toEqual(['t1001', 't9999', 't10000']);
    expect(by('parent')).toEqual(['t9999', 't10000', 't1001']);
    expect(by('score')).toEqual(['t1001', 't9999', 't10000']);
  });

  it('are filtered by all words of the text, and by verdict', () => {
    const order = { column: 'trial', descending: false } as const;
    expect(ids(tableRows(some, { text: 'SOLUTIONS t0003', word: '' }, order))).toEqual(['t0003']);
    expect(ids(tableRows(some, { text: 'oom', word: '' }, order))).toEqual(['t0002']);
    expect(ids(tableRows(some, { text: '', word: 'worse' }, order))).toEqual(['t0001']);
    expect(tableRows(some, { text: 'oom', word: 'worse' }, order)).toEqual([]);
  });

  it('turn round on a second click, and begin with the best for scores', () => {
    const first = nextOrder({ column: 'trial', descending: false }, 'score');
    expect(first).toEqual({ column: 'score', descending: true });
    expect(nextOrder(first, 'score').descending).toBe(false);
  });
});

describe('the table on the screen', () => {
  it('sorts, filters and counts', async () => {
    const model = new CampaignModel('x', fakeApi());
    await model.refresh();
    render(under(fakeFace(), <TrialTable model={model} />));
    fireEvent.click(screen.getByRole('button', { name: /Score/ }));
    const head = screen.getByRole('columnheader', { name: /Score/ });
    expect(head.getAttribute('aria-sort')).toBe('descending');
    const rows = screen.getAllByRole('row').slice(1);
    expect(rows[0].dataset.trial).toBe('t0010');
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'learning rate' } });
    expect(screen.getByText('1 of 14')).toBeTruthy();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing like it' } });
    expect(screen.getByText('No trial passes this filter.')).toBeTruthy();
  });
});
