import { cleanup, render, screen, within } from '@testing-library/react';
import React from 'react';
import { nullTranslator } from '@jupyterlab/translation';
import { ITrialPage } from '../api/documents';
import { Data } from '../trial/data';
import { lengthsPlot, mergedBins } from '../trial/rows';
import { fakeFace, sample, under } from './fake';

afterEach(cleanup);

const trans = nullTranslator.load('ftassist');
const draw = (page: ITrialPage): void => {
  render(under(fakeFace(), <Data page={page} />));
};

describe('the data of a trial', () => {
  it('shows how long the rows are beside the parent’s, in a plot and in its table', () => {
    const page = sample<ITrialPage>('trial_scored');
    draw(page);
    const section = screen.getByRole('region', { name: 'Length of the rows' });
    expect(within(section).getByText(/^Answers: half are longer than .* characters/)).toBeTruthy();
    const heads = within(section).getAllByRole('columnheader');
    expect(heads.map(head => head.textContent)).toEqual(
      expect.arrayContaining(['Characters', 'Rows of t0004', 'Rows of t0002 (parent)'])
    );
  });

  it('draws both sets as shares over one grid, the parent behind', () => {
    const page = sample<ITrialPage>('trial_scored');
    const { traces, table } = lengthsPlot(page, 'answer', trans);
    expect(traces.map(trace => trace.name)).toEqual(['t0002 (parent)', 't0004']);
    for (const trace of traces) {
      const all = (trace.y as number[]).reduce((sum, share) => sum + share, 0);
      expect(all).toBeCloseTo(1);
      expect(trace.x).toEqual(table.rows.map(row => row[0]));
    }
    const rows = table.rows.reduce((sum, row) => sum + Number(row[1]), 0);
    expect(rows).toBe(page.rows.lengths.answer!.counts.reduce((sum, n) => sum + n, 0));
  });

  it('puts bins that only one of two sets has in their place, and shows the gap between', () => {
    const own = { edges: [8, 10, 11], counts: [1, 2], median: 9, longest: 10 };
    const parent = { edges: [4, 5], counts: [7], median: 4, longest: 4 };
    expect(mergedBins(own, parent).map(bin => [bin.label, bin.own, bin.parent])).toEqual([
      ['4–4', 0, 7],
      ['5–7', 0, 0],
      ['8–9', 1, 0],
      ['10–10', 2, 0]
    ]);
  });

  it('shows five rows as they are; markup in them stays text', () => {
    draw(sample<ITrialPage>('trial_scored'));
    const section = screen.getByRole('region', { name: 'Sampled rows' });
    expect(within(section).getAllByRole('listitem')).toHaveLength(5);
    expect(within(section).getAllByText(/<script>/)).toHaveLength(5);
    expect(document.querySelector('script')).toBeNull();
  });

  it('marks what of a leaking row stands in an evaluation item', () => {
    draw(sample<ITrialPage>('trial_leaking'));
    const section = screen.getByRole('region', { name: 'Rows that repeat evaluation items' });
    expect(within(section).getByText('Found by the check: 412 rows, 1 shown')).toBeTruthy();
    const marked = section.querySelector('mark')!;
    expect(marked.textContent).toMatch(/^Ada buys 17 apples .* away\.$/);
    expect(within(section).getByText('row 3 · exam/3 · reworded')).toBeTruthy();
  });

  it('counts characters, not halves of pairs, when it marks', () => {
    const page = sample<ITrialPage>('trial_leaking');
    page.rows.refused[0] = { ...page.rows.refused[0], text: '🍎🍎 12 apples', start: 3, end: 5 };
    draw(page);
    expect(document.querySelector('mark')!.textContent).toBe('12');
  });

  it('of the base says that there is none', () => {
    draw(sample<ITrialPage>('trial_base'));
    expect(screen.getByText(/^No data card/)).toBeTruthy();
    expect(screen.queryByRole('region')).toBeNull();
  });
});
