/**
 * What a trial used while it ran: processor, memory and its GPU as small curves; live while it runs.
 */

import { Poll } from '@lumino/polling';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { ITrialPage, IUsage, IUsageSample } from '../api/documents';
import { useFace } from '../face';
import { DataTable, ITable } from '../plots/plot';
import { ISmallCurveProps, ISpan, SmallCurve } from '../plots/small';
import { duration, isNumber, memory, percent, score } from '../words/numbers';
import { clean } from '../words/text';

/** How often a running trial is looked at, in milliseconds. */
const EVERY = 2000;

/** The curves of a trial; nothing where nothing was written down. */
export function SystemCurves(props: { page: ITrialPage; campaign: string }): JSX.Element | null {
  const { trans } = useFace();
  const usage = useUsage(props.campaign, props.page);
  const curves = usage ? usageCurves(usage, trans) : [];
  if (!usage || curves.length === 0) {
    return props.page.status === 'running' ? (
      <p className="jp-ft-muted">
        {trans.__('Processor and memory are drawn here once the cells run for some seconds.')}
      </p>
    ) : null;
  }
  return (
    <section aria-label={trans.__('While it ran')}>
      <h3>{trans.__('While it ran')}</h3>
      <div className="jp-ft-Smalls">
        {curves.map(curve => (
          <SmallCurve key={curve.name} {...curve} />
        ))}
      </div>
      <p className="jp-ft-muted">
        {trans.__(
          'Of the cells and what they started; scoring is another process. A sample every %1.',
          duration(usage.every)
        )}
        {usage.gpu && ` ${clean(usage.gpu)}.`}
      </p>
      <details>
        <summary>{trans.__('The numbers as a table')}</summary>
        <DataTable table={usageTable(usage, trans)} label={trans.__('What the trial used')} />
      </details>
    </section>
  );
}

/** What was written down so far; read again as the trial moves, and while it runs. */
function useUsage(campaign: string, page: ITrialPage): IUsage | null {
  const { store } = useFace();
  const [usage, setUsage] = React.useState<IUsage | null>(null);
  const running = page.status === 'running';
  React.useEffect(() => {
    let gone = false;
    const read = async (): Promise<void> => {
      const found = await store.api.usage(campaign, page.id);
      if (!gone) {
        setUsage(found);
      }
    };
    // A curve that cannot be read is not drawn; the page tells that the server is away.
    void read().catch(() => undefined);
    const poll = running
      ? new Poll({
          name: 'ftassist:usage',
          factory: read,
          frequency: { interval: EVERY, backoff: true, max: 30_000 },
          standby: 'when-hidden'
        })
      : null;
    return () => {
      gone = true;
      poll?.dispose();
    };
  }, [store, campaign, page.id, page.seq, running]);
  return usage;
}

/** The stages in order, each from the end of the one before to its last sample. */
export function stagesOf(samples: readonly IUsageSample[]): ISpan[] {
  const spans: ISpan[] = [];
  for (const { stage, seconds } of samples) {
    const last = spans[spans.length - 1];
    if (last?.name === stage) {
      last.to = seconds;
    } else {
      spans.push({ name: stage, from: last?.to ?? 0, to: seconds });
    }
  }
  return spans;
}

/** A curve for each thing that was measured. */
export function usageCurves(usage: IUsage, trans: TranslationBundle): ISmallCurveProps[] {
  const { samples } = usage;
  const stages = stagesOf(samples);
  const curve = (
    name: string,
    of: (sample: IUsageSample) => number | null,
    top: number | null,
    say: (value: number) => string
  ): ISmallCurveProps | null => {
    const points = samples
      .map(sample => ({ x: sample.seconds, y: of(sample) }))
      .filter((point): point is { x: number; y: number } => isNumber(point.y));
    if (points.length < 2) {
      return null;
    }
    const most = Math.max(...points.map(point => point.y));
    const end = points[points.length - 1];
    const label = trans.__('%1: at most %2, %3 at the end', name, say(most), say(end.y));
    return { name, points, top: top ?? 0, stages, say: v => trans.__('up to %1', say(v)), label };
  };
  // The axis of memory ends with what was used: beside all of the machine's it would be flat.
  return [
    curve(
      trans.__('Processors'),
      sample => sample.cores,
      usage.cores,
      value => (usage.cores ? trans.__('%1 of %2', score(value, 1), usage.cores) : score(value, 1))
    ),
    curve(
      trans.__('Memory'),
      sample => sample.memory_mb,
      null,
      value => ofAll(value, usage.memory_limit_mb, trans)
    ),
    curve(
      trans.__('GPU memory'),
      sample => sample.gpu_memory_mb,
      null,
      value => ofAll(value, usage.gpu_memory_mb, trans)
    ),
    curve(trans.__('GPU in use'), sample => sample.gpu_share, 1, percent)
  ].filter((each): each is ISmallCurveProps => each !== null);
}

function ofAll(value: number, all: number | null, trans: TranslationBundle): string {
  return all ? trans.__('%1 of %2', memory(value), memory(all)) : memory(value);
}

/** The samples as numbers. */
export function usageTable(usage: IUsage, trans: TranslationBundle): ITable {
  const gpu = usage.samples.some(sample => isNumber(sample.gpu_memory_mb));
  const heads = [
    trans.__('After'),
    trans.__('Stage'),
    trans.__('Processors'),
    trans.__('Memory'),
    ...(gpu ? [trans.__('GPU memory'), trans.__('GPU in use')] : [])
  ];
  const rows = usage.samples.map(sample => [
    duration(sample.seconds),
    sample.stage || '-',
    score(sample.cores),
    memory(sample.memory_mb),
    ...(gpu ? [memory(sample.gpu_memory_mb), percent(sample.gpu_share)] : [])
  ]);
  return { heads, rows };
}
