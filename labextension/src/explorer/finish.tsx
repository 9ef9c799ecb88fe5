/**
 * How a campaign ends, in the head of the panel: the final score or the way to it, and the report.
 */

import React from 'react';
import { ICampaign } from '../api/documents';
import { CommandIDs } from '../commands';
import { useFace } from '../face';
import { candidates, cutShort } from '../sealed/model';
import { TestResult } from '../sealed/result';
import { ICampaignModel } from '../store/campaign';
import { clean } from '../words/text';

/** What the sealed test said, else a button that opens it; and the report. */
export function Finish(props: { model: ICampaignModel; campaign: ICampaign }): JSX.Element {
  const { commands, trans } = useFace();
  const { model, campaign } = props;
  const { tests = {}, openings = [] } = campaign;
  const told = Object.entries(tests);
  const unfinished = cutShort(campaign);
  const possible = candidates(campaign, model.nodes.values()).length > 0;
  const args = { campaign: model.id };
  return (
    <div className="jp-ft-Finish">
      {told.map(([trial, test]) => (
        <TestResult
          key={trial}
          trial={trial}
          test={test}
          openings={openings.length}
          trans={trans}
        />
      ))}
      {unfinished !== null && (
        <p className="jp-ft-muted">
          {trans.__('The test was opened for %1 and is not scored yet.', clean(unfinished))}
        </p>
      )}
      <div className="jp-ft-State-line">
        {possible && (told.length === 0 || unfinished !== null) && (
          <button
            className="jp-ft-button"
            title={trans.__('The score to report: once, for one trial, at the end')}
            onClick={() => void commands.execute(CommandIDs.openTest, args)}
          >
            {unfinished === null
              ? trans.__('Open the sealed test…')
              : trans.__('Go on with the sealed test…')}
          </button>
        )}
        <button
          className="jp-ft-button jp-ft-Finish-report"
          title={trans.__('The whole campaign on one page, written anew as it goes on')}
          onClick={() => void commands.execute(CommandIDs.openReport, args)}
        >
          {trans.__('Report')}
        </button>
      </div>
    </div>
  );
}
