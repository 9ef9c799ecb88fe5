/**
 * What a static check found in the cells.
 */

import React from 'react';
import { IFinding } from '../api/documents';
import { useFace } from '../face';
import { clean } from '../words/text';

/** The findings as a list; nothing where there are none. */
export function Findings(props: { findings: readonly IFinding[] }): JSX.Element | null {
  const { trans } = useFace();
  return props.findings.length === 0 ? null : (
    <ul className="jp-ft-Findings" aria-label={trans.__('Findings of the static check')}>
      {props.findings.map((finding, index) => (
        <li key={index}>
          <span aria-hidden="true">⚠</span>{' '}
          {finding.stage && (
            <strong>
              {finding.line
                ? trans.__('%1, line %2', clean(finding.stage), finding.line)
                : clean(finding.stage)}
            </strong>
          )}{' '}
          {clean(finding.message)} {finding.fix ? clean(finding.fix) : ''}
        </li>
      ))}
    </ul>
  );
}
