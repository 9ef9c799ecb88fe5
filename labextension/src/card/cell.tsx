/**
 * One cell of a trial: a line that says what changed, and an editor with the diff when open.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';
import React from 'react';
import { ICellDiff, Stage } from '../api/documents';
import { useFace } from '../face';
import { spans } from '../words/numbers';

/** What a cell shows. */
export interface ICellProps {
  stage: Stage;
  source: string;
  original: string | null;
  diff: ICellDiff | undefined;
  /** Who edited it; "" for nobody. */
  editedBy: string;
  /** The lines that person wrote, from 1 on. */
  editedLines: number[];
  /** What the line says beside the numbers, such as "cached from t0002". */
  remark: string;
  editable: boolean;
  split: boolean;
  openAtFirst: boolean;
  onType: (source: string) => void;
}

/** A cell that opens and closes. */
export function CellSection(props: ICellProps): JSX.Element {
  const { trans } = useFace();
  const { stage, diff, editable } = props;
  const [open, setOpen] = React.useState(props.openAtFirst);
  const shown = open || editable;
  const id = React.useId();
  return (
    <section
      className={props.editedBy ? 'jp-ft-Cell jp-mod-edited' : 'jp-ft-Cell'}
      data-ft-stage={stage}
    >
      <h4 className="jp-ft-Cell-head">
        <button
          className="jp-ft-disclosure"
          aria-expanded={shown}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden="true">{shown ? '▾' : '▸'}</span> <code>{stage}</code>
        </button>
        <DiffCount diff={diff} />
        {props.remark && <span className="jp-ft-muted">{props.remark}</span>}
        {props.editedBy && <span className="jp-ft-Chip">{editedText(props, trans)}</span>}
      </h4>
      <div id={id} hidden={!shown}>
        {shown && <CellEditor {...props} />}
      </div>
    </section>
  );
}

/** "edited by ada: lines 3–5, 9"; without lines where all that was done was to remove some. */
function editedText(
  props: Pick<ICellProps, 'editedBy' | 'editedLines'>,
  trans: TranslationBundle
): string {
  const { editedBy, editedLines } = props;
  return editedLines.length === 0
    ? trans.__('edited by %1', editedBy)
    : trans._n(
        'edited by %2: line %3',
        'edited by %2: lines %3',
        editedLines.length,
        editedBy,
        spans(editedLines)
      );
}

/** "+6 −2" or "unchanged". */
export function DiffCount(props: { diff: ICellDiff | undefined }): JSX.Element {
  const { trans } = useFace();
  const { diff } = props;
  if (!diff || (diff.added === 0 && diff.removed === 0)) {
    return <span className="jp-ft-muted">{trans.__('unchanged')}</span>;
  }
  return (
    <span>
      <span className="jp-ft-added">+{diff.added}</span>{' '}
      <span className="jp-ft-removed">−{diff.removed}</span>
    </span>
  );
}

/** The editor; while it is being loaded, the diff as text. */
export function CellEditor(
  props: Pick<
    ICellProps,
    'stage' | 'source' | 'original' | 'diff' | 'editable' | 'split' | 'onType'
  > & { editedLines?: number[] }
): JSX.Element {
  const { editors, trans } = useFace();
  const { stage, source, original, split, editable } = props;
  // As text: each look at a running trial brings an equal list, and must not draw anew.
  const marks = (props.editedLines ?? []).join(',');
  const host = React.useRef<HTMLDivElement>(null);
  const onType = React.useRef(props.onType);
  onType.current = props.onType;
  const [drawn, setDrawn] = React.useState(false);
  const label = editable
    ? trans.__('Source of the %1 cell, editable', stage)
    : trans.__('Source of the %1 cell, with its changes', stage);
  React.useEffect(() => {
    let editor: IDisposable | null = null;
    let gone = false;
    const draw = async (): Promise<void> => {
      const codemirror = await import('./codemirror');
      if (split) {
        await codemirror.loadPython();
      }
      if (!gone && host.current) {
        host.current.replaceChildren();
        const onChange = (text: string): void => onType.current(text);
        const editedLines = marks === '' ? [] : marks.split(',').map(Number);
        editor = codemirror.drawCell(
          { host: host.current, original, source, split, editable, editedLines, label, onChange },
          editors
        );
        setDrawn(true);
      }
    };
    void draw();
    return () => {
      gone = true;
      editor?.dispose();
    };
  }, [source, original, split, editable, marks, label, editors]);
  return (
    <div className={split ? 'jp-ft-Editor jp-mod-split' : 'jp-ft-Editor'}>
      {!drawn && <DiffText source={source} diff={props.diff} />}
      <div ref={host} className="jp-ft-Editor-host" />
    </div>
  );
}

/** A unified diff as text; the signs stay, colour is added. */
export function DiffText(props: { source: string; diff: ICellDiff | undefined }): JSX.Element {
  const lines = props.diff?.diff.length ? props.diff.diff : props.source.split('\n');
  const changed = Boolean(props.diff?.diff.length);
  const kind = (line: string): string => {
    const kinds: { [sign: string]: string } = { '+': 'added', '-': 'removed', '@': 'hunk' };
    return changed ? `jp-ft-line-${kinds[line[0]] ?? 'same'}` : 'jp-ft-line-same';
  };
  return (
    <pre className="jp-ft-DiffText">
      {lines.map((line, index) => (
        <span key={index} className={kind(line)}>
          {`${line}\n`}
        </span>
      ))}
    </pre>
  );
}
