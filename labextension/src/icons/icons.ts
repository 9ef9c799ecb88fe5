/**
 * The icons, coloured by JupyterLab's theme.
 */

import { LabIcon } from '@jupyterlab/ui-components';

const SVG = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">${body}</svg>`;

/** A root with three trials below it, one of them dashed. */
export const explorerIcon = new LabIcon({
  name: 'ftassist:explorer',
  svgstr: SVG(
    '<g class="jp-icon3" fill="#616161"><circle cx="5" cy="4.5" r="3"/><circle cx="18" cy="11" r="3"/>' +
      '<path d="M4.2 8h1.6v10.9c0 .4.3.7.7.7H14v1.6H6.5c-1.3 0-2.3-1-2.3-2.3z"/>' +
      '<path d="M5 10.2h9v1.6H5z"/></g>' +
      '<circle class="jp-icon3" cx="18" cy="20" r="2.4" fill="none" stroke="#616161" ' +
      'stroke-width="1.5" stroke-dasharray="2.4 1.4"/>'
  )
});

/** A page with three bars: the report. */
export const reportIcon = new LabIcon({
  name: 'ftassist:report',
  svgstr: SVG(
    '<g class="jp-icon3" fill="#616161"><path d="M4 2h16v20H4zm1.6 1.6v16.8h12.8V3.6z"/>' +
      '<path d="M8 12h1.8v6H8zm3.2-4H13v10h-1.8zm3.2 6h1.8v4h-1.8z"/></g>'
  )
});

/** A single trial: a filled circle in a page. */
export const trialIcon = new LabIcon({
  name: 'ftassist:trial',
  svgstr: SVG(
    '<g class="jp-icon3" fill="#616161"><path d="M6 2h8l5 5v15H6zm1.6 1.6v16.8h9.8V8H13V3.6z"/>' +
      '<circle cx="12.5" cy="14" r="3.2"/></g>'
  )
});
