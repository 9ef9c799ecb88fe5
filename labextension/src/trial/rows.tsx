/**
 * The training rows themselves: how long they are, a few of them, and what of them leaked.
 *
 * All of it is text of data, shown as text.
 */

import React from 'react';
import { IHistogram, ILeakPlace, IRowSample, ITrialPage } from '../api/documents';
import { useFace } from '../face';
import { IPlotProps, Plot } from '../plots/plot';
import { palette } from '../plots/theme';
import { count } from '../words/numbers';
import { clean } from '../words/text';

type Trans = ReturnType<typeof useFace>['trans'];

/** The parts of a row whose length is counted. */
const PARTS = ['prompt', 'answer'] as const;

/** Lengths of the rows, the parent's behind them. */
export function Lengths(props: { page: ITrialPage }): JSX.Element | null {
  const { trans } = useFace();
  const { page } = props;
  const drawn = PARTS.filter(part => page.rows.lengths[part] !== undefined);
  return drawn.length === 0 ? null : (
    <section aria-label={trans.__('Length of the rows')}>
      <h3>{trans.__('Length of the rows')}</h3>
      {drawn.map(part => (
        <Plot key={part} {...lengthsPlot(page, part, trans)} height={220} />
      ))}
    </section>
  );
}

/** A histogram of one part of the rows; bars are shares, so that sets of two sizes compare. */
export function lengthsPlot(
  page: ITrialPage,
  part: (typeof PARTS)[number],
  trans: Trans
): IPlotProps {
  const own = page.rows.lengths[part]!;
  const parent = page.parent_lengths[part];
  const colours = palette();
  const bins = mergedBins(own, parent);
  const labels = bins.map(bin => bin.label);
  const traces = [
    {
      type: 'bar',
      name: page.id,
      x: labels,
      y: shares(bins.map(bin => bin.own)),
      width: parent ? 0.45 : 0.9,
      marker: { color: colours.accent }
    }
  ];
  if (parent) {
    traces.unshift({
      type: 'bar',
      name: trans.__('%1 (parent)', page.parent ?? ''),
      x: labels,
      y: shares(bins.map(bin => bin.parent)),
      width: 0.9,
      marker: { color: colours.faint }
    });
  }
  return {
    label: lengthsSentence(page, part, trans),
    traces,
    layout: {
      barmode: 'overlay',
      xaxis: { type: 'category', title: { text: trans.__('Characters') } },
      yaxis: { title: { text: trans.__('Share of rows') }, tickformat: '.0%' }
    },
    table: {
      heads: [
        trans.__('Characters'),
        trans.__('Rows of %1', page.id),
        ...(parent ? [trans.__('Rows of %1 (parent)', page.parent ?? '')] : [])
      ],
      rows: bins.map(bin => [bin.label, bin.own, ...(parent ? [bin.parent] : [])])
    }
  };
}

function lengthsSentence(page: ITrialPage, part: (typeof PARTS)[number], trans: Trans): string {
  const own = page.rows.lengths[part]!;
  const parent = page.parent_lengths[part];
  const name = part === 'prompt' ? trans.__('Prompts') : trans.__('Answers');
  const middle = (histogram: IHistogram): string => count(Math.round(histogram.median));
  return parent
    ? trans.__(
        '%1: half are longer than %2 characters (%3: %4); the longest has %5',
        name,
        middle(own),
        page.parent ?? '',
        middle(parent),
        count(own.longest)
      )
    : trans.__(
        '%1: half are longer than %2 characters; the longest has %3',
        name,
        middle(own),
        count(own.longest)
      );
}

interface IBin {
  from: number;
  to: number;
  label: string;
  own: number;
  parent: number;
}

/** The bins of two histograms side by side; their edges lie on one grid. */
export function mergedBins(own: IHistogram, parent?: IHistogram): IBin[] {
  const bins = new Map<number, IBin>();
  const add = (histogram: IHistogram, whose: 'own' | 'parent'): void => {
    histogram.counts.forEach((rows, index) => {
      const from = histogram.edges[index];
      const bin = bins.get(from) ?? emptyBin(from, histogram.edges[index + 1]);
      bin[whose] = rows;
      bins.set(from, bin);
    });
  };
  add(own, 'own');
  if (parent) {
    add(parent, 'parent');
  }
  const sorted = [...bins.values()].sort((one, other) => one.from - other.from);
  // Where one set ends before the other begins, the gap is shown as what it is.
  return sorted.flatMap((bin, index) => {
    const end = index > 0 ? sorted[index - 1].to : bin.from;
    return end < bin.from ? [emptyBin(end, bin.from), bin] : [bin];
  });
}

function emptyBin(from: number, to: number): IBin {
  return { from, to, label: `${count(from)}–${count(to - 1)}`, own: 0, parent: 0 };
}

function shares(counts: number[]): number[] {
  const all = counts.reduce((sum, rows) => sum + rows, 0);
  return counts.map(rows => (all > 0 ? rows / all : 0));
}

/** A few rows, drawn by the trial's seed. */
export function RowSamples(props: { samples: IRowSample[] }): JSX.Element | null {
  const { trans } = useFace();
  const { samples } = props;
  return samples.length === 0 ? null : (
    <section aria-label={trans.__('Sampled rows')}>
      <h3>{trans.__('Sampled rows')}</h3>
      <p className="jp-ft-muted">
        {trans._n('One row, drawn by the seed.', '%1 rows, drawn by the seed.', samples.length)}
      </p>
      <ol className="jp-ft-Rows">
        {samples.map(sample => (
          <li key={sample.row}>
            <p className="jp-ft-muted">
              {trans.__('row %1 · %2 · %3', sample.row, clean(sample.id), clean(sample.source))}
              {sample.turns_left_out > 0 &&
                ` · ${trans.__('%1 earlier turns left out', sample.turns_left_out)}`}
            </p>
            <dl className="jp-ft-Turns">
              {sample.messages.map((turn, index) => (
                <React.Fragment key={index}>
                  <dt>{clean(turn.role)}</dt>
                  <dd>{clean(turn.content)}</dd>
                </React.Fragment>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Training rows that repeat evaluation items: those that were refused, then those dropped. */
export function Leaks(props: { page: ITrialPage }): JSX.Element | null {
  const { trans } = useFace();
  const { refused, dropped, leaking } = props.page.rows;
  if (refused.length + dropped.length === 0) {
    return null;
  }
  return (
    <section aria-label={trans.__('Rows that repeat evaluation items')}>
      <h3>{trans.__('Rows that repeat evaluation items')}</h3>
      <p className="jp-ft-muted">
        {trans.__(
          'Marked is what of the row stands in an evaluation item, too. Items themselves are never shown.'
        )}
      </p>
      {refused.length > 0 && (
        <>
          <h4>
            {trans.__('Found by the check: %1 rows, %2 shown', count(leaking), refused.length)}
          </h4>
          <Places places={refused} />
        </>
      )}
      {dropped.length > 0 && (
        <>
          <h4>{trans.__('Dropped by the curate cell: %1 shown', dropped.length)}</h4>
          <Places places={dropped} />
        </>
      )}
    </section>
  );
}

function Places(props: { places: ILeakPlace[] }): JSX.Element {
  const { trans } = useFace();
  return (
    <ul className="jp-ft-Leaks">
      {props.places.map((place, index) => {
        // The server counts characters, not the halves of a pair.
        const text = Array.from(place.text);
        const part = (from: number, to: number): string => clean(text.slice(from, to).join(''));
        return (
          <li key={index}>
            <span className="jp-ft-muted">
              {place.row === null
                ? `${clean(place.id)} · ${kindText(place.kind, trans)}`
                : trans.__(
                    'row %1 · %2 · %3',
                    place.row,
                    clean(place.id),
                    kindText(place.kind, trans)
                  )}
            </span>
            <p>
              {part(0, place.start)}
              <mark>{part(place.start, place.end)}</mark>
              {part(place.end, text.length)}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function kindText(kind: string, trans: Trans): string {
  const words: { [kind: string]: string } = {
    exact: trans.__('word for word'),
    ngram: trans.__('a long piece'),
    near: trans.__('reworded'),
    numbers: trans.__('its numbers')
  };
  return words[kind] ?? clean(kind);
}
