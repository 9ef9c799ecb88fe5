/**
 * What differs from the parent, and nothing else: parameters, cells, rows by source, versions.
 */

import React from 'react';
import { IDataCard, ITrialPage, STAGES } from '../api/documents';
import { CellEditor, DiffCount } from '../card/cell';
import { useFace } from '../face';
import { DataTable } from '../plots/plot';
import { count } from '../words/numbers';
import { clean, oneLine } from '../words/text';

/** The changes of a trial. */
export function Changes(props: {
  page: ITrialPage;
  parentCells: { [s: string]: string };
}): JSX.Element {
  const { trans } = useFace();
  const { page } = props;
  const changed = page.changed_cells.filter(diff => diff.added + diff.removed > 0);
  const rows = sourceChanges(page.outcome.data, page.parent_data);
  if (page.role === 'base') {
    return (
      <p className="jp-ft-empty">{trans.__('The base model has no parent to differ from.')}</p>
    );
  }
  return (
    <>
      <h3>{trans.__('Parameters')}</h3>
      {page.parameters.length === 0 ? (
        <p className="jp-ft-muted">
          {trans.__('No parameter of a recipe differs, or a cell is free code: see the cells.')}
        </p>
      ) : (
        <DataTable
          label={trans.__('Changed parameters')}
          table={{
            heads: [
              trans.__('Stage'),
              trans.__('Parameter'),
              trans.__('Before'),
              trans.__('After')
            ],
            rows: page.parameters.map(change => [
              clean(change.stage),
              clean(change.name),
              oneLine(change.before ?? trans.__('not given'), 200),
              oneLine(change.after ?? trans.__('not given'), 200)
            ])
          }}
        />
      )}
      {rows.length > 0 && (
        <>
          <h3>{trans.__('Rows by source')}</h3>
          <DataTable
            label={trans.__('Rows by source')}
            table={{
              heads: [
                trans.__('Source'),
                trans.__('Before'),
                trans.__('After'),
                trans.__('Difference')
              ],
              rows
            }}
          />
        </>
      )}
      <h3>{trans.__('Cells')}</h3>
      {changed.length === 0 && (
        <p className="jp-ft-muted">{trans.__('All cells are unchanged.')}</p>
      )}
      {STAGES.filter(stage => changed.some(diff => diff.stage === stage)).map(stage => {
        const diff = changed.find(cell => cell.stage === stage);
        return (
          <section key={stage} className="jp-ft-Cell">
            <h4 className="jp-ft-Cell-head">
              <code>{stage}</code> <DiffCount diff={diff} />
            </h4>
            <CellEditor
              stage={stage}
              source={page.cells[stage] ?? ''}
              original={props.parentCells[stage] ?? ''}
              diff={diff}
              editable={false}
              split={false}
              onType={() => undefined}
            />
          </section>
        );
      })}
      <h3>{trans.__('Versions')}</h3>
      <p>
        {Object.entries(page.versions)
          .map(([name, version]) => `${clean(name)} ${clean(version)}`)
          .join(' · ')}
      </p>
    </>
  );
}

/** Rows of each source before and after, those that differ. */
export function sourceChanges(
  after: IDataCard | undefined,
  before: IDataCard | undefined
): (string | number)[][] {
  const now = lastSources(after);
  const then = lastSources(before);
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  return names
    .filter(name => (now[name] ?? 0) !== (then[name] ?? 0))
    .map(name => {
      const difference = (now[name] ?? 0) - (then[name] ?? 0);
      const sign = difference > 0 ? '+' : '−';
      return [
        clean(name),
        count(then[name] ?? 0),
        count(now[name] ?? 0),
        `${sign}${count(Math.abs(difference))}`
      ];
    });
}

function lastSources(card: IDataCard | undefined): { [source: string]: number } {
  const steps = card?.steps ?? [];
  return card?.by_source ?? steps[steps.length - 1]?.by_source ?? {};
}
