/**
 * The shorter tabs of a trial's page: cost, decisions.
 */

import React from 'react';
import { ITrialPage } from '../api/documents';
import { useFace } from '../face';
import { DataTable } from '../plots/plot';
import { bytes, count, duration, memory, moment } from '../words/numbers';
import { actorName, clean } from '../words/text';
import { SystemCurves } from './usage';

/** What a trial took. */
export function Cost(props: { page: ITrialPage; campaign: string }): JSX.Element {
  const { trans } = useFace();
  const { page } = props;
  const { cost, estimate } = page;
  const rows: (string | number)[][] = [
    [trans.__('time'), duration(cost.seconds), duration(estimate.seconds)],
    [trans.__('memory'), memory(cost.peak_memory_mb), memory(estimate.memory_mb)],
    [trans.__('rows'), count(cost.rows), '-'],
    [trans.__('attempts'), cost.attempts, '-'],
    [trans.__('device'), cost.gpu.name ? clean(cost.gpu.name) : trans.__('CPU'), '-']
  ];
  if (cost.node?.host) {
    const devices = (cost.node.devices ?? []).map(clean).join(', ');
    const place = devices ? ` · ${trans.__('device %1', devices)}` : '';
    rows.push([trans.__('node'), `${clean(cost.node.host)}${place}`, '-']);
  }
  if (cost.answered) {
    rows.push([trans.__('score'), clean(cost.answered), '-']);
  }
  const files = Object.entries(page.sizes);
  return (
    <>
      <h3>{trans.__('Taken against estimated')}</h3>
      <DataTable
        label={trans.__('What the trial took')}
        table={{ heads: ['', trans.__('Taken'), trans.__('Estimated')], rows }}
      />
      <SystemCurves page={page} campaign={props.campaign} />
      <h3>{trans.__('Time by stage')}</h3>
      <DataTable
        label={trans.__('Time by stage')}
        table={{
          heads: [trans.__('Stage'), trans.__('Time'), trans.__('From the cache of')],
          rows: Object.entries(page.stages).map(([stage, done]) => [
            stage,
            duration(done.seconds),
            done.cached_from ?? ''
          ])
        }}
      />
      {page.numerics.length > 0 && (
        <>
          <h3>{trans.__('Numerics against earlier runs')}</h3>
          <ul className="jp-ft-Findings">
            {page.numerics.map((one, index) => (
              <li key={index}>
                <span aria-hidden="true">{one.differs ? '⚠' : '·'}</span> {clean(one.text)}
              </li>
            ))}
          </ul>
        </>
      )}
      {files.length > 0 && (
        <>
          <h3>{trans.__('What it left')}</h3>
          <DataTable
            label={trans.__('Files of the trial')}
            table={{
              heads: [trans.__('Name'), trans.__('Size')],
              rows: files.map(([name, size]) => [clean(name), bytes(size)])
            }}
          />
        </>
      )}
    </>
  );
}

/** Who decided what, when and why. */
export function Decisions(props: { page: ITrialPage }): JSX.Element {
  const { trans } = useFace();
  const { decisions } = props.page;
  return decisions.length === 0 ? (
    <p className="jp-ft-empty">{trans.__('Nobody has decided on it yet.')}</p>
  ) : (
    <DataTable
      label={trans.__('Decisions')}
      table={{
        heads: [trans.__('When'), trans.__('Who'), trans.__('What'), trans.__('Why')],
        rows: decisions.map(decision => [
          moment(decision.time),
          actorName(decision.actor),
          [clean(decision.kind), ...(decision.stages ?? [])].join(' '),
          clean(decision.reason)
        ])
      }}
    />
  );
}
