"use strict";(self.rspackChunkftassist=self.rspackChunkftassist||[]).push([[700],{8475(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=(r.n(a))()(p());i.push([t.id,`/* What all views share: buttons, chips, marks, tables. Colours come from JupyterLab's theme only. */

.jp-ft-Explorer,
.jp-ft-Page,
.jp-ft-CardRenderer,
.jp-ft-Status,
.jp-ft-StartDialog,
.jp-ft-Help {
  --ft-line: var(--jp-border-color2);
  --ft-accent: var(--jp-brand-color1);
  --ft-good: var(--jp-success-color1);
  --ft-bad: var(--jp-error-color1);
  --ft-warn: var(--jp-warn-color1);

  color: var(--jp-ui-font-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  line-height: 1.45;
}

.jp-ft-Page h2,
.jp-ft-Page h3,
.jp-ft-Page h4,
.jp-ft-Card h3,
.jp-ft-Card h4,
.jp-ft-Card h5 {
  margin: 0;
  font-weight: 600;
  font-size: inherit;
  line-height: inherit;
}

.jp-ft-muted {
  color: var(--jp-ui-font-color2);
  font-weight: normal;
}

.jp-ft-spring {
  flex: 1 1 auto;
}

.jp-ft-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.jp-ft-warning {
  margin: 4px 0;
  padding: 4px 8px;
  border-left: 3px solid var(--ft-bad);
  background: color-mix(in srgb, var(--ft-bad) 10%, transparent);
}

.jp-ft-empty {
  margin: 0;
  padding: 12px;
  color: var(--jp-ui-font-color2);
}

.jp-ft-empty pre {
  padding: 8px;
  overflow-x: auto;
  background: var(--jp-layout-color2);
  color: var(--jp-content-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

/* Buttons: 24 px at least, the theme's colours, a ring in focus. */

.jp-ft-button,
.jp-ft-tool,
.jp-ft-link,
.jp-ft-disclosure,
.jp-ft-sort,
.jp-ft-TabButton,
.jp-ft-Chip.jp-mod-button {
  border: none;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}

.jp-ft-button {
  min-height: 26px;
  padding: 2px 10px;
  border: 1px solid var(--jp-border-color1);
  border-radius: var(--jp-border-radius);
  background: var(--jp-layout-color1);
  white-space: nowrap;
}

.jp-ft-button:hover:not(:disabled),
.jp-ft-tool:hover:not(:disabled) {
  background: var(--jp-layout-color2);
}

.jp-ft-button.jp-mod-primary {
  border-color: transparent;
  background: var(--jp-accept-color-normal, var(--jp-brand-color1));
  color: var(--jp-ui-inverse-font-color1);
}

[data-jp-theme-light='false'] .jp-ft-button.jp-mod-primary {
  color: #fff;
}

.jp-ft-button.jp-mod-primary:hover:not(:disabled) {
  background: var(--jp-accept-color-hover, var(--jp-brand-color0));
}

.jp-ft-button.jp-mod-warn {
  border-color: var(--ft-bad);
}

.jp-ft-button.jp-mod-quiet {
  border-color: transparent;
  background: none;
}

.jp-ft-button:disabled,
.jp-ft-tool:disabled {
  opacity: 0.5;
  cursor: default;
}

.jp-ft-tool {
  min-width: 24px;
  height: 24px;
  border-radius: var(--jp-border-radius);
}

.jp-ft-tool[aria-pressed='true'] {
  background: var(--jp-layout-color3);
}

.jp-ft-link {
  padding: 0;
  color: var(--jp-content-link-color, var(--jp-brand-color0));
  text-decoration: underline;
  text-underline-offset: 2px;
}

.jp-ft-input,
.jp-ft-select {
  min-width: 0;
  height: 26px;
  padding: 0 6px;
  border: 1px solid var(--jp-border-color1);
  border-radius: var(--jp-border-radius);
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font: inherit;
}

.jp-ft-select {
  padding-right: 20px;
  text-overflow: ellipsis;
}

.jp-ft-input[aria-invalid='true'] {
  border-color: var(--ft-bad);
}

.jp-ft-button:focus-visible,
.jp-ft-tool:focus-visible,
.jp-ft-link:focus-visible,
.jp-ft-input:focus-visible,
.jp-ft-select:focus-visible,
.jp-ft-disclosure:focus-visible,
.jp-ft-sort:focus-visible,
.jp-ft-TabButton:focus-visible,
.jp-ft-TabPanel:focus-visible,
.jp-ft-Chip:focus-visible,
.jp-ft-Scroll:focus-visible,
.jp-ft-Log:focus-visible,
.jp-ft-Tree-rows:focus-visible,
.jp-ft-Table-scroll:focus-visible,
.jp-ft-Card summary:focus-visible,
.jp-ft-Page summary:focus-visible {
  outline: max(2px, var(--jp-focus-outline-width, 2px)) solid
    var(--jp-focus-outline-color, var(--jp-brand-color1));
  outline-offset: -2px;
}

.jp-ft-Chips {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 6px;
  margin: 6px 0;
  padding: 0;
  list-style: none;
}

.jp-ft-Chip {
  padding: 1px 8px;
  border: 1px solid var(--ft-line);
  border-radius: 12px;
  background: var(--jp-layout-color1);
  font-size: var(--jp-ui-font-size0);
  line-height: 18px;
}

.jp-ft-Chip.jp-mod-button {
  min-height: 24px;
  border: 1px solid var(--jp-border-color1);
}

.jp-ft-Chip.jp-mod-button:hover,
.jp-ft-Chip[aria-pressed='true'] {
  border-color: var(--ft-accent);
}

.jp-ft-Chip code {
  font-family: var(--jp-code-font-family);
}

.jp-ft-Chip del {
  color: var(--jp-ui-font-color2);
}

.jp-ft-Chip ins {
  font-weight: 600;
  text-decoration: none;
}

/* Marks: the shape says it, the colour adds to it. */

.jp-ft-Mark {
  display: inline-block;
  min-width: 1.1em;
  text-align: center;
}

.jp-ft-is-better .jp-ft-Mark,
.jp-ft-Mark.jp-ft-is-better {
  color: var(--ft-good);
}

.jp-ft-is-worse .jp-ft-Mark,
.jp-ft-is-failed .jp-ft-Mark,
.jp-ft-is-invalid .jp-ft-Mark,
.jp-ft-Mark.jp-ft-is-worse,
.jp-ft-Mark.jp-ft-is-failed,
.jp-ft-Mark.jp-ft-is-invalid {
  color: var(--ft-bad);
}

.jp-ft-is-proposal .jp-ft-Mark,
.jp-ft-is-running .jp-ft-Mark,
.jp-ft-Mark.jp-ft-is-proposal,
.jp-ft-Mark.jp-ft-is-running {
  color: var(--ft-accent);
}

.jp-ft-Best {
  color: var(--ft-warn);
}

.jp-ft-added {
  color: var(--jp-success-color0, var(--jp-success-color1));
}

.jp-ft-removed {
  color: var(--jp-error-color0, var(--jp-error-color1));
}

.jp-ft-Scroll {
  max-height: 360px;
  overflow: auto;
}

.jp-ft-DataTable {
  border-collapse: collapse;
  font-size: var(--jp-ui-font-size1);
}

.jp-ft-DataTable th,
.jp-ft-DataTable td {
  padding: 3px 12px 3px 0;
  border-bottom: 1px solid var(--ft-line);
  text-align: left;
  vertical-align: top;
}

.jp-ft-DataTable thead th {
  position: sticky;
  top: 0;
  background: var(--jp-layout-color1);
  font-weight: 600;
}

.jp-ft-DataTable .jp-ft-number {
  text-align: right;
  font-variant-numeric: tabular-nums;
}

.jp-ft-DataTable .jp-ft-long {
  min-width: 10em;
  max-width: 36em;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.jp-ft-pre {
  max-height: 480px;
  margin: 4px 0;
  padding: 8px;
  overflow: auto;
  border: 1px solid var(--ft-line);
  background: var(--jp-layout-color0);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.jp-ft-Findings {
  margin: 6px 0;
  padding: 0;
  list-style: none;
}

/* The setting "shapes and text only". */

body[data-ft-colours='none'] .jp-ft-Mark,
body[data-ft-colours='none'] .jp-ft-Best {
  color: inherit;
}

body[data-ft-colours='none'] .jp-ft-Score {
  background: none;
}

@media (prefers-reduced-motion: no-preference) {
  .jp-ft-Progress > span,
  .jp-ft-Meter-bar > span {
    transition: width 0.3s ease-out;
  }
}

@media (forced-colors: active) {
  .jp-ft-Meter-bar,
  .jp-ft-Progress,
  .jp-ft-Score,
  .jp-ft-TreeRow.jp-mod-selected {
    border: 1px solid CanvasText;
  }
}
`,""]),r.d(e,{},{A:i})},1898(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=(r.n(a))()(p());i.push([t.id,`/* Cards of trials. */

.jp-ft-CardRenderer {
  padding: 4px 2px;
}

.jp-ft-Card {
  position: relative;
  max-width: 1080px;
  padding: 10px 14px 12px;
  border: 1px solid var(--jp-border-color1);
  border-radius: 6px;
  background: var(--jp-layout-color1);
}

.jp-ft-Card.jp-ft-status-proposed {
  border-style: dashed;
  border-color: var(--ft-accent);
}

.jp-ft-Card-head {
  color: var(--jp-ui-font-color1);
}

.jp-ft-Card .jp-ft-Statement {
  margin: 4px 0 8px;
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
  line-height: 1.4;
}

.jp-ft-Card .jp-ft-Facts,
.jp-ft-InTheSearch .jp-ft-Facts {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 20px;
  margin: 0;
}

.jp-ft-Fact {
  display: flex;
  gap: 6px;
}

.jp-ft-Fact.jp-mod-wide {
  flex: 1 1 100%;
}

.jp-ft-Card .jp-ft-Fact dt,
.jp-ft-Card .jp-ft-Fact dd,
.jp-ft-InTheSearch .jp-ft-Fact dt,
.jp-ft-InTheSearch .jp-ft-Fact dd {
  margin: 0;
  float: none;
  width: auto;
  padding: 0;
}

.jp-ft-Card .jp-ft-Fact dt,
.jp-ft-InTheSearch .jp-ft-Fact dt {
  flex: 0 0 auto;
  color: var(--jp-ui-font-color2);
  font-weight: normal;
}

.jp-ft-Fact dt::after {
  content: ':';
}

.jp-ft-Card .jp-ft-Fact dd {
  margin: 0;
}

.jp-ft-Cells {
  position: relative;
  margin: 8px 0;
}

.jp-ft-Cells-tools {
  position: absolute;
  top: 0;
  right: 0;
}

.jp-ft-Cells-tools .jp-ft-tool {
  padding: 0 8px;
}

.jp-ft-Card .jp-ft-Cell-head,
.jp-ft-Page .jp-ft-Cell-head {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px;
  min-height: 26px;
  padding-right: 80px;
  font-weight: normal;
}

.jp-ft-disclosure {
  min-height: 24px;
  padding: 0 4px 0 0;
}

.jp-ft-Cell code,
.jp-ft-disclosure code {
  background: none;
  font-family: var(--jp-code-font-family);
  font-weight: 600;
}

.jp-ft-Cell.jp-mod-edited .jp-ft-Editor {
  border-left: 3px solid var(--ft-warn);
}

.jp-ft-Editor .cm-line.jp-ft-editedLine {
  box-shadow: inset 4px 0 var(--ft-warn);
}

.jp-ft-Editor {
  margin: 2px 0 6px;
  border: 1px solid var(--ft-line);
  background: var(--jp-cell-editor-background, var(--jp-layout-color0));
}

.jp-ft-Editor .cm-editor {
  background: transparent;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

.jp-ft-Editor .cm-editor.cm-focused {
  outline: 2px solid var(--jp-focus-outline-color, var(--jp-brand-color1));
}

.jp-ft-Editor .cm-changedLine,
.jp-ft-Editor .cm-merge-b .cm-changedLine {
  background: color-mix(in srgb, var(--jp-success-color1) 14%, transparent) !important;
}

.jp-ft-Editor .cm-deletedChunk,
.jp-ft-Editor .cm-merge-a .cm-changedLine {
  background: color-mix(in srgb, var(--jp-error-color1) 12%, transparent) !important;
}

.jp-ft-Editor .cm-changedText {
  background: color-mix(in srgb, var(--jp-success-color1) 26%, transparent) !important;
}

.jp-ft-Editor .cm-deletedText,
.jp-ft-Editor .cm-merge-a .cm-changedText {
  background: color-mix(in srgb, var(--jp-error-color1) 26%, transparent) !important;
}

.jp-ft-Editor .cm-changeGutter {
  width: 3px;
}

.jp-ft-Editor .cm-changedLineGutter {
  background: var(--jp-success-color1);
}

.jp-ft-Editor .cm-deletedLineGutter {
  background: var(--jp-error-color1);
}

.jp-ft-Editor .cm-collapsedLines {
  padding: 2px 10px;
  background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color2);
}

.jp-ft-DiffText {
  margin: 0;
  padding: 4px 8px;
  overflow-x: auto;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

.jp-ft-DiffText span {
  display: block;
  min-height: 1.2em;
}

.jp-ft-line-added {
  background: color-mix(in srgb, var(--jp-success-color1) 16%, transparent);
}

.jp-ft-line-removed {
  background: color-mix(in srgb, var(--jp-error-color1) 14%, transparent);
}

.jp-ft-line-hunk {
  color: var(--jp-ui-font-color2);
}

.jp-ft-Notice:not(:empty) {
  margin: 6px 0;
  padding: 5px 8px;
  border-left: 3px solid var(--ft-warn);
  background: color-mix(in srgb, var(--ft-warn) 12%, transparent);
}

.jp-ft-Actions {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px;
  margin-top: 8px;
}

.jp-ft-Veto {
  margin-top: 8px;
  padding: 8px 10px;
  border: 1px solid var(--ft-line);
  border-radius: var(--jp-border-radius);
  background: var(--jp-layout-color2);
}

.jp-ft-Veto-line {
  display: flex;
  gap: 6px;
  margin: 4px 0 8px;
}

.jp-ft-Correct,
.jp-ft-Edit {
  margin-top: 8px;
  padding: 8px 10px;
  border: 1px solid var(--ft-line);
  border-radius: var(--jp-border-radius);
  background: var(--jp-layout-color2);
}

.jp-ft-Edit p {
  margin: 0 0 6px;
}

.jp-ft-Edit-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 6px;
  margin-bottom: 8px;
}

.jp-ft-Edit-bound {
  width: 5em;
}

.jp-ft-Understood {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 14px;
}

.jp-ft-WishList {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 6px;
  margin: 0 0 6px;
  padding: 0;
  border: 0;
}

.jp-ft-WishList legend {
  float: left;
  width: 4em;
  padding: 0;
  color: var(--jp-ui-font-color2);
}

.jp-ft-WishList .jp-ft-select {
  max-width: 16em;
}

.jp-ft-Veto-line .jp-ft-input {
  flex: 1 1 auto;
}

.jp-ft-Live {
  margin-top: 8px;
  padding-top: 8px;
  border-top: 1px solid var(--ft-line);
}

.jp-ft-Live p {
  margin: 4px 0;
}

.jp-ft-Live-score {
  font-size: var(--jp-ui-font-size2);
}

.jp-ft-Live-prediction {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 16px;
}

.jp-ft-Analysis {
  color: var(--jp-ui-font-color1);
}

.jp-ft-Stages,
.jp-ft-Stages-list {
  display: inline-flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 14px;
}

.jp-ft-Stages {
  display: flex;
}

.jp-ft-Stage.jp-mod-now {
  font-weight: 600;
}

.jp-ft-Stage.jp-mod-done > span:first-child {
  color: var(--ft-good);
}

.jp-ft-Progress {
  width: 110px;
}

.jp-ft-Sparkline polyline {
  stroke: var(--ft-accent);
  stroke-width: 1.5;
}

.jp-ft-Prediction {
  max-width: 100%;
  overflow: visible;
}

.jp-ft-Prediction text {
  fill: var(--jp-ui-font-color1);
  font-size: 11px;
}

.jp-ft-Prediction .jp-ft-axis {
  stroke: var(--jp-border-color1);
  stroke-dasharray: 2 2;
}

.jp-ft-Prediction .jp-ft-predicted {
  fill: color-mix(in srgb, var(--ft-accent) 26%, transparent);
  stroke: var(--ft-accent);
  stroke-dasharray: 3 2;
}

.jp-ft-Prediction line.jp-ft-observed {
  stroke: var(--jp-ui-font-color1);
  stroke-width: 2;
}

.jp-ft-Prediction circle.jp-ft-observed {
  fill: var(--jp-ui-font-color1);
}

.jp-ft-Wrong,
.jp-ft-Live details {
  margin: 6px 0;
}

.jp-ft-Alternatives {
  margin-top: 10px;
}

.jp-ft-Alternatives-list {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
  gap: 8px;
  margin-top: 4px;
}

.jp-ft-ShortCard {
  display: flex;
  flex-direction: column;
  gap: 4px;
  padding: 8px 10px;
  border: 1px dashed var(--ft-accent);
  border-radius: 6px;
}

.jp-ft-ShortCard p {
  flex: 1 1 auto;
  margin: 0;
}

.jp-ft-ShortCard p:empty {
  display: none;
}

.jp-ft-ShortCard .jp-ft-button {
  align-self: flex-start;
}

/* The agent at work */

.jp-ft-Working {
  flex: 1 1 100%;
  padding: 5px 8px;
  border: 1px dashed var(--ft-accent);
  border-radius: var(--jp-border-radius);
}

.jp-ft-Working-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 2px 8px;
}

.jp-ft-Working p {
  margin: 2px 0 0;
}

.jp-ft-Working-tail {
  overflow: hidden;
  color: var(--jp-ui-font-color2);
  font-style: italic;
  text-overflow: ellipsis;
  white-space: nowrap;
}

/* The question for a wish: a line as wide as the dialog. */

.jp-ft-Wish {
  max-width: 560px;
}

.jp-ft-Wish label {
  display: block;
  margin-bottom: 4px;
}

.jp-ft-Wish .jp-ft-input {
  box-sizing: border-box;
  width: 100%;
}
`,""]),r.d(e,{},{A:i})},1308(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=(r.n(a))()(p());i.push([t.id,`/* Curves of several trials: which, how, and the plots. */

.jp-ft-Curves-chosen,
.jp-ft-Curves-controls {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 12px;
  margin-bottom: 6px;
}

.jp-ft-Curves-chosen .jp-ft-Chips {
  margin: 0;
}

.jp-ft-Curves-chosen .jp-ft-Chip {
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 0 2px 0 8px;
}

.jp-ft-Curves-chosen .jp-ft-select {
  max-width: 16em;
}

.jp-ft-Curves-controls output {
  min-width: 2.6em;
  font-variant-numeric: tabular-nums;
}

.jp-ft-Swatch {
  width: 14px;
  height: 4px;
  border-radius: 2px;
}

.jp-ft-Switch {
  display: flex;
  align-items: center;
  gap: 4px;
}

.jp-ft-Tree-picked {
  display: flex;
  align-items: center;
  gap: 6px;
  white-space: nowrap;
}

.jp-ft-Picked {
  color: var(--ft-accent);
  font-weight: 700;
}

/* Small curves of what a trial used. */

.jp-ft-Smalls {
  display: flex;
  flex-wrap: wrap;
  gap: 12px 28px;
}

.jp-ft-Small {
  margin: 0;
}

.jp-ft-Small svg {
  display: block;
  max-width: 100%;
  overflow: visible;
}

.jp-ft-Small polyline {
  stroke: var(--ft-accent);
  stroke-width: 1.5;
}

.jp-ft-Small polygon {
  fill: color-mix(in srgb, var(--ft-accent) 14%, transparent);
}

.jp-ft-Small text {
  fill: var(--jp-ui-font-color2);
  font-size: 10px;
}

.jp-ft-Small .jp-ft-axis {
  stroke: var(--jp-border-color1);
}

.jp-ft-Tree-tools,
.jp-ft-Table-tools {
  flex-wrap: wrap;
}

.jp-ft-Table-tools > .jp-ft-input {
  flex: 1 1 6em;
}

.jp-ft-Tree-tools > .jp-ft-muted {
  white-space: nowrap;
}
`,""]),r.d(e,{},{A:i})},9937(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=(r.n(a))()(p());i.push([t.id,`/* The side panel. */

.jp-ft-Explorer {
  min-width: 300px;
  background: var(--jp-layout-color1);
}

.jp-ft-Explorer .jp-SidePanel-header {
  display: block;
  height: auto;
  padding: 0;
  color: inherit;
  font-size: inherit;
  font-weight: normal;
  letter-spacing: normal;
  text-transform: none;
}

.jp-ft-Header,
.jp-ft-State {
  display: flex;
  flex-direction: column;
  gap: 6px;
}

.jp-ft-Header {
  padding: 8px 10px;
  border-bottom: 1px solid var(--ft-line);
}

.jp-ft-Header-line {
  display: flex;
  gap: 6px;
}

.jp-ft-Header-chooser {
  flex: 1 1 0;
  font-weight: 600;
}

.jp-ft-State-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 2px 10px;
}

.jp-ft-Devices {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  margin: 0;
  padding: 0;
  list-style: none;
  font-size: var(--jp-ui-font-size0);
}

.jp-ft-Device {
  display: flex;
  gap: 6px;
  padding: 0 6px;
  border: 1px solid var(--ft-line);
  border-radius: 2px;
}

.jp-ft-Device.jp-mod-busy {
  border-color: var(--jp-success-color1);
}

.jp-ft-Phase {
  padding: 0 8px;
  border: 1px solid currentcolor;
  border-radius: 10px;
  font-size: var(--jp-ui-font-size0);
  line-height: 18px;
}

.jp-ft-phase-running {
  color: var(--jp-success-color0, var(--jp-success-color1));
}

.jp-ft-Review {
  display: inline-flex;
  align-items: center;
  gap: 4px;
}

.jp-ft-Budget {
  display: flex;
  gap: 12px;
}

.jp-ft-Meter {
  display: grid;
  flex: 1 1 0;
  gap: 2px;
  font-size: var(--jp-ui-font-size0);
  white-space: nowrap;
}

.jp-ft-Meter-bar,
.jp-ft-Progress {
  display: inline-block;
  height: 6px;
  overflow: hidden;
  border-radius: 3px;
  background: var(--jp-layout-color3);
}

.jp-ft-Meter-bar > span,
.jp-ft-Progress > span {
  display: block;
  height: 100%;
  background: var(--ft-accent);
}

.jp-ft-Waiting {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  padding: 5px 8px;
  border: 1px dashed var(--ft-accent);
  border-radius: var(--jp-border-radius);
}

/* Where the panel is low, as beside a page below a notebook, the tree has the place. */

.jp-ft-Explorer.jp-mod-low .jp-ft-Budget,
.jp-ft-Explorer.jp-mod-low .jp-ft-Waiting-text {
  display: none;
}

.jp-ft-Explorer.jp-mod-low .jp-ft-Waiting {
  padding: 0;
  border: none;
}

/* Tree */

.jp-ft-Explorer-tree {
  container-type: inline-size;
}

@container (max-width: 320px) {
  .jp-ft-TreeRow .jp-ft-isolated,
  .jp-ft-TreeRow .jp-ft-pinned {
    display: none;
  }

  .jp-ft-TreeRow .jp-ft-Rail {
    width: calc(9px * var(--ft-zoom, 1));
  }

  /* Five levels and the elbow; what is cut off on the left is a number. */
  .jp-ft-TreeRow .jp-ft-Rail:nth-last-child(n + 7) {
    display: none;
  }

  .jp-ft-TreeRow .jp-ft-Rail-depth.jp-mod-narrow {
    display: inline;
  }
}

.jp-ft-Explorer-tree,
.jp-ft-Explorer-table {
  overflow: hidden;
}

.jp-ft-Tree,
.jp-ft-Table {
  display: flex;
  flex-direction: column;
  height: 100%;
}

.jp-ft-Tree-tools,
.jp-ft-Table-tools {
  display: flex;
  align-items: center;
  gap: 4px;
  padding: 3px 10px;
}

.jp-ft-Table-tools .jp-ft-muted {
  white-space: nowrap;
}

.jp-ft-Table-tools .jp-ft-select {
  max-width: 6em;
}

.jp-ft-Table-tools .jp-ft-input {
  flex: 1 1 6em;
}

.jp-ft-Tree-rows,
.jp-ft-Table-scroll {
  flex: 1 1 auto;
  min-height: 0;
  overflow: auto;
}

.jp-ft-TreeRow {
  --ft-join: calc(11px * var(--ft-zoom, 1));

  display: flex;
  align-items: flex-start;
  gap: 4px;
  box-sizing: border-box;
  padding-right: 8px;
  overflow: hidden;
  font-size: calc(var(--jp-ui-font-size1) * var(--ft-zoom, 1));
  line-height: calc(18px * var(--ft-zoom, 1));
  cursor: default;
  user-select: none;
}

.jp-ft-TreeRow:hover,
.jp-ft-Table-row:hover {
  background: var(--jp-layout-color2);
}

.jp-ft-TreeRow.jp-mod-selected,
.jp-ft-Table-row.jp-mod-selected {
  background: color-mix(in srgb, var(--ft-accent) 18%, transparent);
}

.jp-ft-TreeRow.jp-ft-is-proposal .jp-ft-TreeRow-title {
  font-style: italic;
}

.jp-ft-Rails {
  display: flex;
  flex: 0 0 auto;
  align-self: stretch;
  padding-left: 6px;
}

.jp-ft-Rail {
  position: relative;
  width: calc(12px * var(--ft-zoom, 1));
}

.jp-ft-Rail-depth {
  align-self: center;
  color: var(--jp-ui-font-color2);
  font-size: 0.8em;
}

.jp-ft-Rail-depth.jp-mod-narrow {
  display: none;
}

.jp-ft-Rail.jp-mod-on::before,
.jp-ft-Rail.jp-mod-tee::before,
.jp-ft-Rail.jp-mod-last::before {
  position: absolute;
  top: 0;
  bottom: 0;
  left: 50%;
  border-left: 1px solid var(--jp-border-color1);
  content: '';
}

.jp-ft-Rail.jp-mod-last::before {
  bottom: auto;
  height: var(--ft-join);
}

.jp-ft-Rail.jp-mod-tee::after,
.jp-ft-Rail.jp-mod-last::after {
  position: absolute;
  top: var(--ft-join);
  left: 50%;
  right: 0;
  border-top: 1px solid var(--jp-border-color1);
  content: '';
}

.jp-ft-TreeRow.jp-ft-is-proposal .jp-ft-Rail.jp-mod-tee::after,
.jp-ft-TreeRow.jp-ft-is-proposal .jp-ft-Rail.jp-mod-last::after {
  border-top-style: dashed;
}

.jp-ft-TreeRow.jp-mod-bestPath .jp-ft-Rail.jp-mod-tee::after,
.jp-ft-TreeRow.jp-mod-bestPath .jp-ft-Rail.jp-mod-last::after {
  border-top: 2px solid var(--ft-warn);
}

.jp-ft-TreeRow.jp-mod-bestPath .jp-ft-Rail.jp-mod-last::before,
.jp-ft-TreeRow.jp-mod-bestPath .jp-ft-Rail.jp-mod-tee::before {
  width: 2px;
  border: none;
  background: linear-gradient(
    var(--ft-warn) var(--ft-join),
    var(--jp-border-color1) var(--ft-join)
  );
}

.jp-ft-TreeRow.jp-mod-bestPath .jp-ft-Rail.jp-mod-last::before {
  background: var(--ft-warn);
}

.jp-ft-TreeRow.jp-mod-bestPath .jp-ft-TreeRow-id {
  font-weight: 700;
}

.jp-ft-TreeRow-twisty {
  flex: 0 0 1em;
  color: var(--jp-ui-font-color2);
  text-align: center;
  cursor: pointer;
}

.jp-ft-TreeRow-id {
  flex: 0 0 auto;
  font-variant-numeric: tabular-nums;
}

.jp-ft-TreeRow > .jp-ft-Mark,
.jp-ft-TreeRow-twisty,
.jp-ft-TreeRow-body {
  padding-top: calc(2px * var(--ft-zoom, 1));
}

.jp-ft-TreeRow-body {
  display: flex;
  flex: 1 1 0;
  flex-direction: column;
  min-width: 0;
}

.jp-ft-TreeRow-head {
  display: flex;
  align-items: center;
  gap: 5px;
  white-space: nowrap;
}

/* A text of a line or two; what is longer stands in the title of its row. */

.jp-ft-Lines {
  display: -webkit-box;
  overflow: hidden;
  overflow-wrap: anywhere;
  white-space: normal;
  font-size: 0.92em;
  line-height: calc(15px * var(--ft-zoom, 1));
  -webkit-box-orient: vertical;
}

.jp-ft-TreeRow-title {
  color: var(--jp-ui-font-color1);
}

.jp-ft-TreeRow-detail {
  color: var(--jp-ui-font-color2);
  font-variant-numeric: tabular-nums;
}

.jp-ft-TreeRow-word {
  flex: 0 0 auto;
}

.jp-ft-Stalled {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  margin: 4px 0;
  padding: 6px 8px;
  border: 1px solid var(--ft-warn);
  border-radius: var(--jp-border-radius);
  background: color-mix(in srgb, var(--ft-warn) 10%, transparent);
}

.jp-ft-Working-line > [role='status'] {
  flex: 1 1 0;
  min-width: 9em;
}

.jp-ft-Stalled-text {
  flex: 1 1 14em;
}

.jp-ft-TreeRow .jp-ft-Best {
  flex: 0 0 auto;
}

.jp-ft-Remarks {
  display: inline-flex;
  flex: 0 0 auto;
  gap: 3px;
  color: var(--jp-ui-font-color2);
}

.jp-ft-Count {
  flex: 0 0 auto;
  padding: 0 5px;
  border-radius: 8px;
  background: var(--jp-layout-color3);
  font-size: 0.85em;
}

.jp-ft-Score {
  flex: 0 0 auto;
  padding: 0 5px;
  border-radius: 3px;
  background: color-mix(
    in srgb,
    var(--ft-accent) calc(var(--ft-share, 0) * 34% + 3%),
    transparent
  );
  font-variant-numeric: tabular-nums;
}

/* Table */

.jp-ft-Table-row {
  display: flex;
  align-items: center;
  min-width: 640px;
  padding: 0 10px;
  box-sizing: border-box;
  white-space: nowrap;
  user-select: none;
}

.jp-ft-Table-row .jp-ft-Mark {
  margin-right: 4px;
}

.jp-ft-Table-head {
  position: sticky;
  top: 0;
  z-index: 1;
  height: 24px;
  border-bottom: 1px solid var(--ft-line);
  background: var(--jp-layout-color1);
}

.jp-ft-Table-row > span {
  overflow: hidden;
  padding-right: 8px;
  text-overflow: ellipsis;
}

.jp-ft-sort {
  padding: 0;
  font-weight: 600;
}

.jp-ft-Table.jp-mod-narrow .jp-ft-Table-row {
  display: grid;
  grid-template: 22px auto / max-content 1fr max-content;
  gap: 0 8px;
  min-width: 0;
}

.jp-ft-Table.jp-mod-narrow .jp-ft-Table-row > span {
  padding-right: 0;
}

.jp-ft-Table.jp-mod-narrow .jp-ft-col-title {
  grid-column: 1 / span 2;
  align-self: start;
}

.jp-ft-Table.jp-mod-narrow .jp-ft-col-interval {
  align-self: start;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
  line-height: 15px;
}

.jp-ft-Table.jp-mod-narrow .jp-ft-col-score {
  text-align: right;
}

.jp-ft-Table.jp-mod-narrow .jp-ft-Table-head .jp-ft-col-score {
  min-width: 4em;
}

.jp-ft-col-trial {
  flex: 0 0 3.8em;
}

.jp-ft-col-word {
  flex: 0 0 6.6em;
}

.jp-ft-col-score {
  flex: 0 0 9.5em;
}

.jp-ft-col-title {
  flex: 1 1 12em;
}

.jp-ft-col-parent {
  flex: 0 0 3.8em;
}

.jp-ft-col-rule {
  flex: 0 1 7em;
}

.jp-ft-col-seconds {
  flex: 0 0 4em;
}

/* The badge on the icon: how many proposals wait. */

.lm-TabBar-tab.jp-ft-Tab {
  position: relative;
}

.lm-TabBar-tab.jp-ft-Tab.jp-mod-waiting::after {
  position: absolute;
  inset: 2px 2px auto auto;
  width: auto;
  min-width: 8px;
  height: 14px;
  border: none;
  padding: 0 3px;
  border-radius: 8px;
  background: var(--jp-warn-color0, #b45309);
  color: #fff;
  font-size: 10px;
  font-weight: 700;
  line-height: 14px;
  text-align: center;
  content: attr(data-ft-waiting);

  /* The count is in the tab's title; as text of the tab it would hide the title's words. */
  content: attr(data-ft-waiting) / '';
}

.jp-ft-Status {
  display: flex;
  align-items: center;
}

.jp-ft-Status .jp-ft-link {
  color: inherit;
  text-decoration: none;
}

/* The search: what would come next, and what cannot be told apart. */

.jp-ft-SearchNow .jp-ft-button {
  margin-left: auto;
}

.jp-ft-Finish .jp-ft-State-line {
  margin-top: 2px;
}

.jp-ft-Sealed-result {
  margin: 2px 0;
}

.jp-ft-SearchNow-tied {
  margin: 2px 0 0;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  line-height: 1.35;
}

.jp-ft-Explorer.jp-mod-low .jp-ft-SearchNow-tied {
  display: none;
}

/* Where the panel has no room for the table, it tells the score: a trial's page says all of it,
   and the toolbar opens the report. */

.jp-ft-Explorer.jp-mod-short .jp-ft-Sealed-words,
.jp-ft-Explorer.jp-mod-short .jp-ft-Finish-report,
.jp-ft-Explorer.jp-mod-low .jp-ft-Finish {
  display: none;
}

.jp-ft-Explorer.jp-mod-short .jp-ft-State {
  gap: 3px;
}

.jp-ft-Explorer.jp-mod-short .jp-ft-Sealed-result {
  margin: 0;
}
`,""]),r.d(e,{},{A:i})},2646(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=r.n(a),n=r(8475),l=r(9937),f=r(1898),d=r(9293),s=r(9482),j=r(6399),c=r(1308),x=i()(p());x.i(n.A),x.i(l.A),x.i(f.A),x.i(d.A),x.i(s.A),x.i(j.A),x.i(c.A),x.push([t.id,`
`,""]),r.d(e,{},{A:x})},9293(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=(r.n(a))()(p());i.push([t.id,`/* Pages in the main area. */

.jp-ft-Page {
  overflow: auto;
  background: var(--jp-layout-color1);
}

.jp-ft-PageBody {
  max-width: 1120px;
  padding: 14px 20px 40px;
}

.jp-ft-Page h2 {
  font-size: var(--jp-ui-font-size3);
}

.jp-ft-Page h3 {
  margin: 18px 0 6px;
  font-size: var(--jp-ui-font-size2);
}

.jp-ft-Page .jp-ft-Card h3 {
  margin: 0;
  font-size: inherit;
}

.jp-ft-PageHead-links {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 18px;
  margin: 2px 0;
}

.jp-ft-Tabs {
  display: flex;
  flex-wrap: wrap;
  margin-top: 14px;
  border-bottom: 1px solid var(--ft-line);
}

.jp-ft-TabButton {
  min-height: 30px;
  padding: 4px 12px;
  border-bottom: 2px solid transparent;
  color: var(--jp-ui-font-color2);
}

.jp-ft-TabButton:hover {
  background: var(--jp-layout-color2);
}

.jp-ft-TabButton[aria-selected='true'] {
  border-bottom-color: var(--ft-accent);
  color: var(--jp-ui-font-color0);
  font-weight: 600;
}

.jp-ft-TabPanel {
  padding: 12px 0;
}

.jp-ft-Plot {
  margin: 0 0 16px;
}

.jp-ft-Plot figcaption {
  color: var(--jp-ui-font-color2);
}

.jp-ft-Plot-host {
  width: 100%;
  max-width: 900px;
}

.jp-ft-Plot-host > * {
  width: 100%;
}

/* The page scrolls, and nothing inside it does but what is too wide. */

.jp-ft-Page .jp-ft-Scroll,
.jp-ft-Page .jp-ft-pre {
  max-height: none;
}

.jp-ft-Page .jp-ft-DataTable thead th {
  position: static;
}

.jp-ft-PageHead-hypothesis {
  margin: 6px 0 8px;
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
}

/* The head of the page says it already. */

.jp-ft-Page .jp-ft-Card .jp-ft-Statement {
  display: none;
}

.jp-ft-Standing {
  position: sticky;
  top: 0;
  z-index: 2;
  margin: 10px 0 0;
  padding: 6px 0;
  border-bottom: 1px solid var(--ft-line);
  background: var(--jp-layout-color1);
}

.jp-ft-TabPanel > .jp-ft-Live,
.jp-ft-Standing .jp-ft-Live {
  margin: 0;
  padding: 0;
  border: none;
}

.jp-ft-Standing .jp-ft-Live-head {
  margin: 0;
}

.jp-ft-WrongTools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px;
  margin-bottom: 8px;
}

.jp-ft-WrongList {
  display: grid;
  gap: 10px;
  max-width: 900px;
  margin: 0;
  padding: 0;
  list-style: none;
}

.jp-ft-WrongItem {
  padding: 6px 10px;
  border-left: 4px solid var(--jp-border-color2);
  background: var(--jp-layout-color2);
}

.jp-ft-WrongItem > p {
  margin: 0 0 4px;
}

.jp-ft-Answers {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: 4px 12px;
  margin: 0;
}

.jp-ft-Answers dt {
  color: var(--jp-ui-font-color2);
}

.jp-ft-Answers dd {
  margin: 0;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-Strip {
  display: grid;
  gap: 4px;
  margin: 0 0 12px;
  padding: 0;
  list-style: none;
}

.jp-ft-Strip > li {
  display: grid;
  grid-template-columns: 9em minmax(120px, 380px) 4em auto;
  align-items: center;
  gap: 10px;
}

.jp-ft-Strip-bar {
  display: flex;
  height: 14px;
  background: var(--jp-layout-color2);
}

.jp-ft-Strip-bar > span {
  background: color-mix(in srgb, var(--ft-accent) 60%, transparent);
}

.jp-ft-Strip-bar > .jp-ft-dropped {
  background: repeating-linear-gradient(
    -45deg,
    transparent 0 3px,
    var(--jp-border-color1) 3px 5px
  );
}

.jp-ft-Strip-count {
  text-align: right;
  font-variant-numeric: tabular-nums;
}

.jp-ft-Rows,
.jp-ft-Leaks {
  display: grid;
  gap: 10px;
  max-width: 900px;
  margin: 6px 0 12px;
  padding: 0;
  list-style: none;
}

.jp-ft-Rows > li,
.jp-ft-Leaks > li {
  padding: 6px 10px;
  border-left: 4px solid var(--jp-border-color2);
  background: var(--jp-layout-color2);
}

.jp-ft-Rows p,
.jp-ft-Leaks p {
  margin: 2px 0;
}

.jp-ft-Leaks p,
.jp-ft-Turns dd {
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-Leaks mark {
  padding: 0 1px;
  background: color-mix(in srgb, var(--ft-warn) 30%, transparent);
  color: var(--jp-ui-font-color0);
  text-decoration: underline;
}

.jp-ft-Turns {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: 4px 12px;
  margin: 4px 0 0;
}

.jp-ft-Turns dt {
  color: var(--jp-ui-font-color2);
}

.jp-ft-Turns dd {
  margin: 0;
}

.jp-ft-Pairs {
  display: grid;
  gap: 6px;
  margin: 10px 0;
  padding: 0;
  list-style: none;
}

.jp-ft-Pair {
  padding: 6px 10px;
  border-left: 4px solid var(--jp-border-color1);
  background: var(--jp-layout-color2);
}

.jp-ft-pair-better {
  border-left-color: var(--ft-good);
}

.jp-ft-pair-worse {
  border-left-color: var(--ft-bad);
}

.jp-ft-Help .jp-ft-DataTable {
  margin-top: 10px;
}

.jp-ft-Help caption {
  font-weight: 600;
  text-align: left;
}

/* What the search would do next. */

.jp-ft-WhatIf-tools {
  display: flex;
  flex-wrap: wrap;
  gap: 6px 20px;
  margin: 10px 0 2px;
}

.jp-ft-WhatIf-policies {
  display: flex;
  flex-wrap: wrap;
  gap: 0 32px;
}

.jp-ft-WhatIf-policy {
  flex: 1 1 320px;
  max-width: 660px;
}

.jp-ft-Steps {
  margin: 0;
  padding-left: 1.6em;
}

.jp-ft-Steps p,
.jp-ft-InTheSearch p {
  margin: 4px 0;
  line-height: 1.45;
}

/* Tags and notes. */

.jp-ft-Tags {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  margin: 4px 0;
}

.jp-ft-Tags .jp-ft-Chips {
  margin: 0;
}

.jp-ft-Tags .jp-ft-Chips:empty {
  display: none;
}

.jp-ft-Tags .jp-ft-Chip {
  display: flex;
  align-items: center;
  gap: 2px;
  padding: 0 2px 0 8px;
}

.jp-ft-Notes {
  max-width: 900px;
}

.jp-ft-Notes ul {
  display: grid;
  gap: 8px;
  margin: 0 0 8px;
  padding-left: 18px;
}

.jp-ft-Notes li p {
  margin: 0;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-Notes form {
  display: flex;
  align-items: flex-start;
  gap: 8px;
}

.jp-ft-Notes textarea {
  flex: 1 1 auto;
  height: auto;
  padding: 4px 6px;
  resize: vertical;
}

/* The browser of training rows. */

.jp-ft-Browser-parts {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-start;
  gap: 12px;
}

.jp-ft-Browser-list,
.jp-ft-Browser-chosen {
  flex: 1 1 360px;
  min-width: 0;
  box-sizing: border-box;
  border: 1px solid var(--ft-line);
}

/* The one part of a page that scrolls by itself: thousands of rows, of which those in sight are drawn. */
.jp-ft-Browser-list {
  max-height: 420px;
  overflow: auto;
}

.jp-ft-Browser-list:focus-visible {
  outline: max(2px, var(--jp-focus-outline-width, 2px)) solid
    var(--jp-focus-outline-color, var(--jp-brand-color1));
  outline-offset: -2px;
}

.jp-ft-Browser-chosen {
  padding: 6px 10px;
}

.jp-ft-Browser-row {
  display: flex;
  flex-direction: column;
  justify-content: center;
  box-sizing: border-box;
  padding: 0 8px;
  border-bottom: 1px solid var(--ft-line);
  cursor: default;
}

.jp-ft-Browser-row:hover {
  background: var(--jp-layout-color2);
}

.jp-ft-Browser-row.jp-mod-selected {
  background: color-mix(in srgb, var(--ft-accent) 18%, transparent);
}

.jp-ft-Browser-asked,
.jp-ft-Browser-answer {
  overflow: hidden;
  line-height: 18px;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.jp-ft-Browser-why {
  margin: 0 0 6px;
  padding-left: 18px;
}

.jp-ft-Tokens {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: 1.7;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-Tokens > * {
  box-shadow: inset -1px 0 0 var(--ft-line);
  color: inherit;
}

.jp-ft-Tokens mark {
  background: color-mix(in srgb, var(--ft-accent) 26%, transparent);
}

/* The report in a frame of its own. */

.jp-ft-Report {
  display: flex;
  flex-direction: column;
  background: var(--jp-layout-color1);
}

.jp-ft-Report iframe {
  flex: 1;
}

.jp-ft-Report-said {
  flex: none;
  margin: 0;
  padding: 8px 14px;
}

.jp-ft-Report-said[hidden] {
  display: none;
}
`,""]),r.d(e,{},{A:i})},6399(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=(r.n(a))()(p());i.push([t.id,`/* The playground: a form, and the answers side by side. */

.jp-ft-Playground {
  display: flex;
  flex-direction: column;
  gap: 8px;
}

.jp-ft-Playground-form {
  display: flex;
  flex-direction: column;
  gap: 6px;
  max-width: 900px;
}

.jp-ft-Playground-form > label {
  font-weight: 600;
}

.jp-ft-Playground-form textarea {
  width: 100%;
  height: auto;
  box-sizing: border-box;
  resize: vertical;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
}

.jp-ft-Playground-form p {
  margin: 0;
}

.jp-ft-Playground-system[open] summary {
  margin-bottom: 4px;
}

.jp-ft-Playground-line {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: 8px 16px;
}

.jp-ft-Playground-settings,
.jp-ft-Playground-buttons {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px 12px;
}

.jp-ft-Playground-setting {
  display: flex;
  align-items: center;
  gap: 4px;
  color: var(--jp-ui-font-color2);
}

.jp-ft-Playground-setting input {
  width: 84px;
}

.jp-ft-Playground-status {
  min-height: 1.4em;
  margin: 0;
}

.jp-ft-Playground-answers {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(210px, 100%), 1fr));
  gap: 12px;
  margin: 0;
  padding: 0;
  list-style: none;
}

.jp-ft-Playground-answer {
  display: flex;
  flex-direction: column;
  gap: 4px;
  min-width: 0;
  padding: 8px 10px;
  border: 1px solid var(--ft-line);
  background: var(--jp-layout-color1);
}

.jp-ft-Page .jp-ft-Playground-answer h3 {
  margin: 0;
  font-size: inherit;
}

.jp-ft-Playground-answer pre {
  flex: 1 1 auto;
  min-height: 3em;
  margin: 0;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-Playground-answer p {
  margin: 0;
}

.jp-ft-Playground-rendered pre {
  margin: 4px 0 0;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-Playground-kept {
  margin: 0;
  padding-left: 18px;
}

.jp-ft-Playground-kept .jp-ft-link {
  text-align: left;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-WrongItem-head {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: 4px 12px;
}
`,""]),r.d(e,{},{A:i})},9482(t,e,r){var o=r(1601),p=r.n(o),a=r(6314),i=(r.n(a))()(p());i.push([t.id,`/* The dialog that begins a campaign: labels at the left, controls at the right. */

.jp-ft-StartDialog .jp-Dialog-content {
  width: min(720px, calc(100vw - 32px));
  max-height: calc(100vh - 32px);
}

.jp-ft-StartDialog .jp-Dialog-body {
  padding: 2px;
}

.jp-ft-Start {
  display: flex;
  flex-direction: column;
  gap: 10px;
}

.jp-ft-Start-fields {
  display: flex;
  flex-direction: column;
  gap: 10px;
  min-width: 0;
  margin: 0;
  padding: 0;
  border: none;
}

.jp-ft-Start-row {
  display: grid;
  grid-template-columns: 84px minmax(0, 1fr);
  gap: 0 12px;
}

.jp-ft-Start-row > :first-child {
  padding-top: 3px;
  font-weight: 600;
}

.jp-ft-Start-control {
  display: flex;
  flex-direction: column;
  gap: 2px;
}

.jp-ft-Start-control .jp-ft-select {
  width: 100%;
}

.jp-ft-Start-note {
  color: var(--jp-ui-font-color2);
}

.jp-ft-Start-note p {
  margin: 2px 0 0;
}

.jp-ft-Start-note:empty,
.jp-ft-Start-wrong:empty {
  display: none;
}

.jp-ft-Start-caution,
.jp-ft-Start-wrong {
  color: var(--ft-bad);
}

.jp-ft-Start-entries {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-start;
  gap: 6px 16px;
}

.jp-ft-Start-entries > .jp-ft-Start-note {
  align-self: end;
  padding-bottom: 4px;
}

.jp-ft-Start-entry {
  display: flex;
  flex-direction: column;
  width: 128px;
}

.jp-ft-Start-entry.jp-mod-wide {
  flex: 1 1 auto;
}

.jp-ft-Start-entry label {
  color: var(--jp-ui-font-color2);
}

.jp-ft-Start-tick {
  display: flex;
  flex-direction: column;
  margin-left: 96px;
}

.jp-ft-Start-tick label {
  display: flex;
  align-items: center;
  gap: 6px;
  min-height: 24px;
}

.jp-ft-Start-command {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 10px;
}

.jp-ft-Start-command code {
  flex: 1 1 100%;
  padding: 6px 8px;
  background: var(--jp-layout-color2);
  color: var(--jp-content-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  overflow-wrap: anywhere;
}

.jp-ft-Start-progress {
  display: flex;
  align-items: center;
  gap: 10px;
}

.jp-ft-Start-progress progress {
  flex: 0 0 180px;
  accent-color: var(--ft-accent);
}

.jp-ft-Export .jp-ft-Start-row {
  grid-template-columns: 108px minmax(0, 1fr);
}

.jp-ft-Export-outcome p {
  margin: 4px 0 0;
  overflow-wrap: anywhere;
}

.jp-ft-Own {
  display: flex;
  flex-direction: column;
  gap: 10px;
}

.jp-ft-Start-entry.jp-mod-file {
  flex: 1 1 180px;
}

.jp-ft-Start-entry.jp-mod-whole,
.jp-ft-Own-metric {
  flex: 1 1 100%;
}

.jp-ft-Own textarea.jp-ft-input {
  height: auto;
  padding: 4px 6px;
  resize: vertical;
}

/* What is said when there is something to say takes no place before. */
.jp-ft-Own > p:empty {
  position: absolute;
}

.jp-ft-Own-tick {
  display: flex;
  align-items: center;
  align-self: end;
  gap: 6px;
  min-height: 26px;
}

.jp-ft-Own-judged {
  flex: 1 1 100%;
  border-collapse: collapse;
}

.jp-ft-Own-judged tr.jp-mod-apart td:nth-child(2) {
  color: var(--ft-bad);
}

.jp-ft-Own-judged caption {
  padding-top: 8px;
  color: var(--jp-ui-font-color2);
  text-align: left;
  overflow-wrap: anywhere;
}

.jp-ft-Own-judged td {
  padding: 1px 12px 1px 0;
  overflow-wrap: anywhere;
}

.jp-ft-Own-judged td:first-child {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

.jp-ft-Own-seen {
  flex: 1 1 100%;
  min-width: 0;
}

.jp-ft-Own-seen p {
  margin: 0 0 4px;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.jp-ft-Own-source {
  margin: 0 0 8px;
}

.jp-ft-Own-source figcaption {
  color: var(--jp-ui-font-color2);
  overflow-wrap: anywhere;
}

.jp-ft-Own-source ol {
  max-height: 168px;
  margin: 2px 0 0;
  padding: 4px 8px 4px 24px;
  overflow: auto;
  background: var(--jp-layout-color2);
}

.jp-ft-Sealed > p {
  max-width: 62ch;
  margin: 0 0 8px;
}

.jp-ft-Sealed-again {
  display: flex;
  gap: 6px;
  align-items: baseline;
}

.jp-ft-Start-left {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 8px;
  align-items: center;
}
`,""]),r.d(e,{},{A:i})},6314(t){t.exports=function(t){var e=[];return e.toString=function(){return this.map(function(e){var r="",o=void 0!==e[5];return e[4]&&(r+="@supports (".concat(e[4],") {")),e[2]&&(r+="@media ".concat(e[2]," {")),o&&(r+="@layer".concat(e[5].length>0?" ".concat(e[5]):""," {")),r+=t(e),o&&(r+="}"),e[2]&&(r+="}"),e[4]&&(r+="}"),r}).join("")},e.i=function(t,r,o,p,a){"string"==typeof t&&(t=[[null,t,void 0]]);var i={};if(o)for(var n=0;n<this.length;n++){var l=this[n][0];null!=l&&(i[l]=!0)}for(var f=0;f<t.length;f++){var d=[].concat(t[f]);o&&i[d[0]]||(void 0!==a&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=a),r&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=r),p&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=p):d[4]="".concat(p)),e.push(d))}},e}},1601(t){t.exports=function(t){return t[1]}},5072(t){var e=[];function r(t){for(var r=-1,o=0;o<e.length;o++)if(e[o].identifier===t){r=o;break}return r}function o(t,o){for(var p={},a=[],i=0;i<t.length;i++){var n=t[i],l=o.base?n[0]+o.base:n[0],f=p[l]||0,d="".concat(l," ").concat(f);p[l]=f+1;var s=r(d),j={css:n[1],media:n[2],sourceMap:n[3],supports:n[4],layer:n[5]};if(-1!==s)e[s].references++,e[s].updater(j);else{var c=function(t,e){var r=e.domAPI(e);return r.update(t),function(e){e?(e.css!==t.css||e.media!==t.media||e.sourceMap!==t.sourceMap||e.supports!==t.supports||e.layer!==t.layer)&&r.update(t=e):r.remove()}}(j,o);o.byIndex=i,e.splice(i,0,{identifier:d,updater:c,references:1})}a.push(d)}return a}t.exports=function(t,p){var a=o(t=t||[],p=p||{});return function(t){t=t||[];for(var i=0;i<a.length;i++){var n=r(a[i]);e[n].references--}for(var l=o(t,p),f=0;f<a.length;f++){var d=r(a[f]);0===e[d].references&&(e[d].updater(),e.splice(d,1))}a=l}}},7659(t){var e={};t.exports=function(t,r){var o=function(t){if(void 0===e[t]){var r=document.querySelector(t);if(window.HTMLIFrameElement&&r instanceof window.HTMLIFrameElement)try{r=r.contentDocument.head}catch(t){r=null}e[t]=r}return e[t]}(t);if(!o)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");o.appendChild(r)}},540(t){t.exports=function(t){var e=document.createElement("style");return t.setAttributes(e,t.attributes),t.insert(e,t.options),e}},5056(t,e,r){t.exports=function(t){var e=r.nc;e&&t.setAttribute("nonce",e)}},7825(t){t.exports=function(t){if("u"<typeof document)return{update:function(){},remove:function(){}};var e=t.insertStyleElement(t);return{update:function(r){var o,p,a;o="",r.supports&&(o+="@supports (".concat(r.supports,") {")),r.media&&(o+="@media ".concat(r.media," {")),(p=void 0!==r.layer)&&(o+="@layer".concat(r.layer.length>0?" ".concat(r.layer):""," {")),o+=r.css,p&&(o+="}"),r.media&&(o+="}"),r.supports&&(o+="}"),(a=r.sourceMap)&&"u">typeof btoa&&(o+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),t.styleTagTransform(o,e,t.options)},remove:function(){var t;null===(t=e).parentNode||t.parentNode.removeChild(t)}}}},1113(t){t.exports=function(t,e){if(e.styleSheet)e.styleSheet.cssText=t;else{for(;e.firstChild;)e.removeChild(e.firstChild);e.appendChild(document.createTextNode(t))}}},5959(t,e,r){var o=r(5072),p=r.n(o),a=r(7825),i=r.n(a),n=r(7659),l=r.n(n),f=r(5056),d=r.n(f),s=r(540),j=r.n(s),c=r(1113),x=r.n(c),g=r(2646),u={};u.styleTagTransform=x(),u.setAttributes=d(),u.insert=l().bind(null,"head"),u.domAPI=i(),u.insertStyleElement=j(),p()(g.A,u),g.A&&g.A.locals&&g.A.locals}}]);