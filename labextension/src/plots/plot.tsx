/**
 * A plot drawn by the plotly package's own JupyterLab renderer, with its numbers in a table.
 *
 * plotly.js is not part of this extension: the renderer of the installed plotly package loads it
 * when the first plot is drawn. Without that renderer the table is shown and says why.
 */

import { MimeModel } from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { JSONObject, PartialJSONObject } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import React from 'react';
import { useFace } from '../face';
import { themeLayout } from './theme';

const PLOTLY = 'application/vnd.plotly.v1+json';

/** A table of numbers: heads and rows of text. */
export interface ITable {
  heads: string[];
  rows: (string | number)[][];
}

/** What is drawn. */
export interface IPlotProps {
  /** What the plot shows, in a sentence. */
  label: string;
  traces: PartialJSONObject[];
  layout: PartialJSONObject;
  table: ITable;
  height?: number;
}

/** A figure: the plot, then its table twin, folded. */
export function Plot(props: IPlotProps): JSX.Element {
  const { rendermime, trans } = useFace();
  const drawable = rendermime?.mimeTypes.includes(PLOTLY) ?? false;
  return (
    <figure className="jp-ft-Plot">
      <figcaption>{props.label}</figcaption>
      {drawable ? (
        <Drawing {...props} />
      ) : (
        <p className="jp-ft-muted">
          {trans.__('Plots need the plotly package where JupyterLab runs; here are the numbers.')}
        </p>
      )}
      <details open={!drawable}>
        <summary>{trans.__('The numbers as a table')}</summary>
        <DataTable table={props.table} label={props.label} />
      </details>
    </figure>
  );
}

function Drawing(props: IPlotProps): JSX.Element {
  const { rendermime } = useFace();
  const host = React.useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [failed, setFailed] = React.useState('');
  const { traces, layout, label, height = 300 } = props;
  const figure = JSON.stringify({ data: traces, layout });
  const made = React.useRef<IRenderMime.IRenderer | null>(null);
  // A layout effect: its clean-up runs while the host is still in the page, which a widget needs.
  React.useLayoutEffect(() => {
    const element = host.current;
    if (!rendermime || !element) {
      return;
    }
    const renderer = rendermime.createRenderer(PLOTLY);
    Widget.attach(renderer, element);
    made.current = renderer;
    const resize = new ResizeObserver(() => {
      MessageLoop.sendMessage(renderer, Widget.ResizeMessage.UnknownSize);
    });
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.current = null;
      renderer.dispose();
    };
  }, [rendermime]);
  // A curve that grows is drawn over the one before: zoom and focus stay.
  React.useLayoutEffect(() => {
    const element = host.current;
    if (!made.current || !element) {
      return;
    }
    const drawn = JSON.parse(figure) as JSONObject;
    drawn.layout = { ...themed(themeLayout(element), drawn.layout as JSONObject), height };
    drawn.config = { displaylogo: false, responsive: true, displayModeBar: false };
    void draw(made.current, drawn).catch(error => setFailed(String(error)));
  }, [rendermime, figure, height, theme]);
  return (
    <>
      <div
        ref={host}
        className="jp-ft-Plot-host"
        role="img"
        aria-label={label}
        style={{ minHeight: height }}
      />
      {failed && <p className="jp-ft-warning">{failed}</p>}
    </>
  );
}

/** A layout over the theme's; axes are merged, not replaced. */
function themed(theme: PartialJSONObject, layout: JSONObject): JSONObject {
  const merged: PartialJSONObject = { ...theme, ...layout };
  for (const axis of Object.keys(layout).filter(name => /^[xy]axis\d*$/.test(name))) {
    const base = (axis.startsWith('x') ? theme.xaxis : theme.yaxis) as JSONObject;
    merged[axis] = { ...base, ...(layout[axis] as JSONObject) };
  }
  return merged as JSONObject;
}

/** Plotly's renderer draws a model once; another one is drawn over it by what it calls itself. */
interface IRedraws {
  createGraph?: (model: IRenderMime.IMimeModel) => Promise<void>;
}

function draw(renderer: IRenderMime.IRenderer, figure: JSONObject): Promise<void> {
  const model = new MimeModel({ data: { [PLOTLY]: figure }, trusted: true });
  const again = renderer as IRedraws;
  return renderer.node.querySelector('.plot-container') && again.createGraph
    ? again.createGraph(model)
    : renderer.renderModel(model);
}

/** Changes when JupyterLab changes its theme. */
function useTheme(): string {
  const read = (): string => document.body.dataset.jpThemeName ?? '';
  const [theme, setTheme] = React.useState(read);
  React.useEffect(() => {
    const observer = new MutationObserver(() => setTheme(read()));
    observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

/** Rows of numbers and text. */
export function DataTable(props: { table: ITable; label: string }): JSX.Element {
  const { heads, rows } = props.table;
  return (
    <div className="jp-ft-Scroll" tabIndex={0} role="group" aria-label={props.label}>
      <table className="jp-ft-DataTable">
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} className={typeof cell === 'number' ? 'jp-ft-number' : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
