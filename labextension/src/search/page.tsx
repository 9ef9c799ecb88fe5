/**
 * The page that says what the search would do next. Nothing is run or spent by looking at it.
 */

import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';
import { IWhatIf } from '../api/documents';
import { FaceContext, IFace, useFace, useVersion } from '../face';
import { explorerIcon } from '../icons/icons';
import { Plot } from '../plots/plot';
import { ICampaignModel } from '../store/campaign';
import { clean } from '../words/text';
import { believedPlot } from './believed';
import { Steps } from './next';
import { Numbers } from './knobs';
import { useOutlook, useRead } from './use';

/** The widget of the page. */
export class WhatIfPage extends ReactWidget {
  constructor(
    private readonly _face: IFace,
    readonly campaign: string
  ) {
    super();
    this.addClass('jp-ft-Page');
    this.id = WhatIfPage.id(campaign);
    this.title.label = _face.trans.__('What if');
    this.title.icon = explorerIcon;
    this.title.closable = true;
    this.title.caption = _face.trans.__('What the search would do next');
  }

  /** The id of the page of a campaign. */
  static id(campaign: string): string {
    return `ftassist-what-if-${campaign}`;
  }

  protected render(): JSX.Element {
    return (
      <FaceContext.Provider value={this._face}>
        <WhatIfView model={this._face.store.model(this.campaign)} />
      </FaceContext.Provider>
    );
  }
}

/** The page: next steps, how sure one may be, what is believed, and the numbers. */
export function WhatIfView(props: { model: ICampaignModel }): JSX.Element {
  const { trans } = useFace();
  const { model } = props;
  useVersion(model);
  const { outlook, problem, version } = useOutlook(model);
  const { campaign } = model;
  if (!outlook || !campaign) {
    return <p className="jp-ft-empty">{problem || model.problem || trans.__('Looking ahead…')}</p>;
  }
  const { metric } = campaign;
  return (
    <div className="jp-ft-PageBody">
      <h2>
        {trans.__('What if')} <span className="jp-ft-muted">{clean(campaign.name)}</span>
      </h2>
      <p className="jp-ft-muted">
        {trans.__('What would be tried next, as things stand. Nothing is run or spent for it.')}
      </p>
      {problem && (
        <p className="jp-ft-warning" role="alert">
          {problem}
        </p>
      )}
      <Next model={model} outlook={outlook} version={version} />
      {outlook.beliefs.length > 1 && (
        <section>
          <h3>{trans.__('How sure one may be')}</h3>
          {[outlook.tied_sentence, outlook.front_sentence, ...outlook.sure]
            .filter(Boolean)
            .map(line => (
              <p key={line}>{clean(line)}</p>
            ))}
        </section>
      )}
      {outlook.beliefs.length > 0 && (
        <section>
          <h3>{trans.__('What is believed of the trials')}</h3>
          <Plot {...believedPlot(outlook, model.nodes, clean(metric.name), trans)} />
        </section>
      )}
      <section>
        <h3>{trans.__('Numbers of the recipes')}</h3>
        <Numbers campaign={model.id} stamp={`${model.id} ${version}`} metric={metric} />
      </section>
    </div>
  );
}

/** The next steps of the campaign's policy and, beside them, of another one. */
function Next(props: { model: ICampaignModel; outlook: IWhatIf; version: number }): JSX.Element {
  const { trans } = useFace();
  const { model, outlook } = props;
  const [slots, setSlots] = React.useState(1);
  const [other, setOther] = React.useState('');
  return (
    <section>
      <div className="jp-ft-WhatIf-tools">
        <label>
          {trans.__('trials at once')}{' '}
          <select
            className="jp-ft-select"
            value={slots}
            onChange={event => setSlots(Number(event.target.value))}
          >
            {[1, 2, 3, 4, 5].map(count => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
        <label>
          {trans.__('compare with')}{' '}
          <select
            className="jp-ft-select"
            value={other}
            onChange={event => setOther(event.target.value)}
          >
            <option value="">{trans.__('no other policy')}</option>
            {outlook.policies
              .filter(name => name !== outlook.own)
              .map(name => (
                <option key={name} value={name}>
                  {clean(name)}
                </option>
              ))}
          </select>
        </label>
      </div>
      <div className="jp-ft-WhatIf-policies">
        <Asked model={model} policy="" slots={slots} stamp={props.version} name={outlook.own} />
        {other !== '' && (
          <Asked model={model} policy={other} slots={slots} stamp={props.version} name={other} />
        )}
      </div>
    </section>
  );
}

/** What one policy would do. */
function Asked(props: {
  model: ICampaignModel;
  /** The policy that is asked; "" for the campaign's own. */
  policy: string;
  name: string;
  slots: number;
  /** Changes with the campaign. */
  stamp: number;
}): JSX.Element {
  const { store, trans } = useFace();
  const { model, policy, slots } = props;
  const key = `${model.id} ${policy} ${slots} ${props.stamp}`;
  const { found, problem } = useRead(key, () => store.api.whatIf(model.id, slots, policy));
  const own = policy === '';
  return (
    <section className="jp-ft-WhatIf-policy" aria-label={clean(props.name)}>
      <h3>
        {clean(props.name)}{' '}
        <span className="jp-ft-muted">
          {own ? trans.__("the campaign's policy") : trans.__('instead')}
        </span>
      </h3>
      {problem && <p role="alert">{problem}</p>}
      {found ? (
        <Steps campaign={model.id} policy={found.policy} steps={found.next} />
      ) : (
        !problem && <p className="jp-ft-muted">{trans.__('Looking ahead…')}</p>
      )}
    </section>
  );
}
