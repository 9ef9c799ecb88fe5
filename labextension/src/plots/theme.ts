/**
 * The colours of plots, read from JupyterLab's theme.
 */

import { PartialJSONObject } from '@lumino/coreutils';

/** The colours of a theme that plots use. */
export interface IPalette {
  ink: string;
  faint: string;
  grid: string;
  accent: string;
  second: string;
}

/** The colours in force at an element. */
export function palette(element: Element = document.body): IPalette {
  const style = getComputedStyle(element);
  const read = (name: string, fallback: string): string =>
    style.getPropertyValue(name).trim() || fallback;
  return {
    ink: read('--jp-ui-font-color1', '#212121'),
    faint: read('--jp-ui-font-color2', '#757575'),
    grid: read('--jp-border-color2', '#e0e0e0'),
    accent: read('--jp-brand-color1', '#1976d2'),
    second: read('--jp-warn-color1', '#ef6c00')
  };
}

/** The parts of a plotly layout that follow the theme. */
export function themeLayout(element: Element): PartialJSONObject {
  const { ink, grid } = palette(element);
  const axis = {
    gridcolor: grid,
    zerolinecolor: grid,
    linecolor: grid,
    automargin: true,
    // A learning rate is 8e-4, not 800µ.
    exponentformat: 'e'
  };
  return {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { color: ink, size: 12 },
    margin: { l: 56, r: 16, t: 10, b: 40 },
    xaxis: axis,
    yaxis: axis,
    legend: { orientation: 'h', y: 1.12 },
    autosize: true
  };
}
