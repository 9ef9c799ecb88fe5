/**
 * The REST client: one method a route, typed documents in and out, no state.
 */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ApiError } from './errors';
import { readEvents } from './stream';
import {
  ActionBody,
  ICampaignList,
  ICampaignRow,
  ICampaignView,
  ICard,
  IComparison,
  IDecisionBody,
  IDecisionReply,
  IDrafting,
  IExportBody,
  IExporting,
  IKnobs,
  ILogPart,
  IMaking,
  IMetricsPart,
  INewCampaign,
  INow,
  IOpening,
  IOwnFiles,
  IOwnLook,
  IPlaygroundLine,
  IQuestion,
  IReportPage,
  IOutputDocument,
  IPlanDocument,
  IRowsPage,
  IRowsTokens,
  IStart,
  ITaskDrafting,
  ITestBody,
  ITrialPage,
  IUsage,
  IWhatIf
} from './documents';

/** Which training rows are wanted; "" for all. */
export interface IRowFilter {
  /** Words that all occur, in any order. */
  text: string;
  source: string;
}

/** What the extension asks of the server. */
export interface IApi {
  campaigns(): Promise<ICampaignList>;
  find(folder: string): Promise<ICampaignRow>;
  campaign(id: string, since?: number): Promise<ICampaignView>;
  thinking(id: string): Promise<INow>;
  /** What would be done next; by another policy where one is named. */
  whatIf(id: string, slots?: number, policy?: string): Promise<IWhatIf>;
  knobs(id: string): Promise<IKnobs>;
  /** What a campaign is expected to cost from here to its end. */
  plan(id: string): Promise<IPlanDocument>;
  /** The report as it would be written now. */
  report(id: string): Promise<IReportPage>;
  /** Opens the sealed test split. */
  openTest(id: string, body: ITestBody): Promise<IOpening>;
  /** How far that is; null where the server was asked for none. */
  opening(id: string): Promise<IOpening | null>;
  /** Ends the scoring; the opening stays on record. */
  cancelOpening(id: string): Promise<IOpening | null>;
  trial(id: string, trial: string): Promise<ITrialPage>;
  card(id: string, trial: string): Promise<ICard>;
  output(id: string, trial: string): Promise<IOutputDocument>;
  metrics(id: string, trial: string, after?: number): Promise<IMetricsPart>;
  log(id: string, trial: string, after?: number): Promise<ILogPart>;
  usage(id: string, trial: string): Promise<IUsage>;
  /** Some of the rows that a trial trained on. */
  rows(id: string, trial: string, start: number, filter: IRowFilter): Promise<IRowsPage>;
  /** Training rows as tokens; takes some seconds. */
  tokens(id: string, trial: string, rows: readonly number[]): Promise<IRowsTokens>;
  compare(id: string, trials: readonly string[]): Promise<IComparison>;
  decide(id: string, body: IDecisionBody): Promise<IDecisionReply>;
  act(id: string, body: ActionBody): Promise<{ seq: number }>;
  start(): Promise<IStart>;
  create(body: INewCampaign): Promise<IMaking>;
  making(id: string): Promise<IMaking>;
  cancelMaking(id: string): Promise<IMaking>;
  /** What files would become as a task. */
  lookAtFiles(body: IOwnFiles): Promise<IOwnLook>;
  /** Makes a task of files; gives its key. */
  makeTask(body: IOwnFiles): Promise<string>;
  /** Begins to draft a task from words, to show, correct or seal the draft. */
  draft(body: ITaskDrafting): Promise<IDrafting>;
  /** How far that has come. */
  drafting(id: string): Promise<IDrafting>;
  cancelDrafting(id: string): Promise<IDrafting>;
  /** Begins an export that is scored again. */
  beginExport(id: string, trial: string, body: IExportBody): Promise<IExporting>;
  /** How far the last export of a trial is; null where the server has made none. */
  exporting(id: string, trial: string): Promise<IExporting | null>;
  cancelExport(id: string, trial: string): Promise<IExporting | null>;
  /** Asks by hand; each line of the answer is handed on as it comes. */
  askByHand(
    id: string,
    trial: string,
    question: IQuestion,
    onLine: (line: IPlaygroundLine) => void,
    signal: AbortSignal
  ): Promise<void>;
  /** Nobody asks any more: the process that answers may end. */
  leavePlayground(id: string, trial: string): Promise<void>;
}

/** The client of a Jupyter server; sends its token and XSRF cookie. */
export class Api implements IApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  campaigns(): Promise<ICampaignList> {
    return this._get('campaigns');
  }

  async find(folder: string): Promise<ICampaignRow> {
    const found = await this._get<ICampaignList>('campaigns', { folder });
    if (found.campaigns.length === 0) {
      throw new ApiError(404, 'there is no campaign in that folder', folder);
    }
    return found.campaigns[0];
  }

  campaign(id: string, since = 0): Promise<ICampaignView> {
    const query = since > 0 ? { since: String(since) } : undefined;
    return this._get(`campaigns/${part(id)}`, query);
  }

  thinking(id: string): Promise<INow> {
    return this._get(`campaigns/${part(id)}/thinking`);
  }

  whatIf(id: string, slots = 1, policy = ''): Promise<IWhatIf> {
    const named: { [name: string]: string } = policy ? { policy } : {};
    return this._get(`campaigns/${part(id)}/what-if`, { slots: String(slots), ...named });
  }

  knobs(id: string): Promise<IKnobs> {
    return this._get(`campaigns/${part(id)}/knobs`);
  }

  plan(id: string): Promise<IPlanDocument> {
    return this._get(`campaigns/${part(id)}/plan`);
  }

  report(id: string): Promise<IReportPage> {
    return this._get(`campaigns/${part(id)}/report`);
  }

  async openTest(id: string, body: ITestBody): Promise<IOpening> {
    return (await this._post<{ opening: IOpening }>(testOf(id), body)).opening;
  }

  async opening(id: string): Promise<IOpening | null> {
    return (await this._get<{ opening: IOpening | null }>(testOf(id))).opening;
  }

  async cancelOpening(id: string): Promise<IOpening | null> {
    const init = { method: 'DELETE' };
    return (await this._request<{ opening: IOpening | null }>(testOf(id), init)).opening;
  }

  trial(id: string, trial: string): Promise<ITrialPage> {
    return this._get(`campaigns/${part(id)}/trials/${part(trial)}`);
  }

  card(id: string, trial: string): Promise<ICard> {
    return this._get(`campaigns/${part(id)}/trials/${part(trial)}/card`);
  }

  output(id: string, trial: string): Promise<IOutputDocument> {
    return this._get(`campaigns/${part(id)}/trials/${part(trial)}/output`);
  }

  metrics(id: string, trial: string, after = 0): Promise<IMetricsPart> {
    const path = `campaigns/${part(id)}/trials/${part(trial)}/metrics`;
    return this._get(path, { after: String(after) });
  }

  log(id: string, trial: string, after = 0): Promise<ILogPart> {
    const path = `campaigns/${part(id)}/trials/${part(trial)}/log`;
    return this._get(path, { after: String(after) });
  }

  rows(id: string, trial: string, start: number, filter: IRowFilter): Promise<IRowsPage> {
    const path = `campaigns/${part(id)}/trials/${part(trial)}/rows`;
    return this._get(path, { start: String(start), text: filter.text, source: filter.source });
  }

  tokens(id: string, trial: string, rows: readonly number[]): Promise<IRowsTokens> {
    const path = `campaigns/${part(id)}/trials/${part(trial)}/rows/tokens`;
    return this._get(path, { rows: rows.join(',') });
  }

  usage(id: string, trial: string): Promise<IUsage> {
    return this._get(`campaigns/${part(id)}/trials/${part(trial)}/usage`);
  }

  compare(id: string, trials: readonly string[]): Promise<IComparison> {
    return this._get(`campaigns/${part(id)}/compare`, { trials: trials.join(',') });
  }

  decide(id: string, body: IDecisionBody): Promise<IDecisionReply> {
    return this._post(`campaigns/${part(id)}/decisions`, body);
  }

  act(id: string, body: ActionBody): Promise<{ seq: number }> {
    return this._post(`campaigns/${part(id)}/actions`, body);
  }

  start(): Promise<IStart> {
    return this._get('start');
  }

  create(body: INewCampaign): Promise<IMaking> {
    return this._post('campaigns', body);
  }

  making(id: string): Promise<IMaking> {
    return this._get(`makings/${part(id)}`);
  }

  cancelMaking(id: string): Promise<IMaking> {
    return this._request(`makings/${part(id)}`, { method: 'DELETE' });
  }

  lookAtFiles(body: IOwnFiles): Promise<IOwnLook> {
    return this._post('own-tasks', body);
  }

  async makeTask(body: IOwnFiles): Promise<string> {
    return (await this._post<{ task: string }>('own-tasks', { ...body, make: true })).task;
  }

  draft(body: ITaskDrafting): Promise<IDrafting> {
    return this._post('task-drafts', body);
  }

  drafting(id: string): Promise<IDrafting> {
    return this._get(`task-drafts/${part(id)}`);
  }

  cancelDrafting(id: string): Promise<IDrafting> {
    return this._request(`task-drafts/${part(id)}`, { method: 'DELETE' });
  }

  async beginExport(id: string, trial: string, body: IExportBody): Promise<IExporting> {
    return (await this._post<{ exporting: IExporting }>(exportOf(id, trial), body)).exporting;
  }

  async exporting(id: string, trial: string): Promise<IExporting | null> {
    return (await this._get<{ exporting: IExporting | null }>(exportOf(id, trial))).exporting;
  }

  async cancelExport(id: string, trial: string): Promise<IExporting | null> {
    const init = { method: 'DELETE' };
    const path = exportOf(id, trial);
    return (await this._request<{ exporting: IExporting | null }>(path, init)).exporting;
  }

  async askByHand(
    id: string,
    trial: string,
    question: IQuestion,
    onLine: (line: IPlaygroundLine) => void,
    signal: AbortSignal
  ): Promise<void> {
    const path = `campaigns/${part(id)}/trials/${part(trial)}/playground`;
    const init = { method: 'POST', body: JSON.stringify(question), signal };
    const response = await this._send(path, init);
    if (!response.ok) {
      throw refusal(response, await jsonOf(response));
    }
    await readEvents(response, line => onLine(line as IPlaygroundLine));
  }

  leavePlayground(id: string, trial: string): Promise<void> {
    const path = `campaigns/${part(id)}/trials/${part(trial)}/playground`;
    return this._request(path, { method: 'DELETE' });
  }

  private _get<T>(path: string, query: { [name: string]: string } = {}): Promise<T> {
    return this._request(path + URLExt.objectToQueryString(query), { method: 'GET' });
  }

  private _post<T>(path: string, body: unknown): Promise<T> {
    return this._request(path, { method: 'POST', body: JSON.stringify(body) });
  }

  private async _request<T>(path: string, init: RequestInit): Promise<T> {
    const response = await this._send(path, init);
    const body = await jsonOf(response);
    if (GATEWAY.includes(response.status) && body === null) {
      throw away(`${response.status} ${response.statusText}`);
    }
    if (!response.ok) {
      throw refusal(response, body);
    }
    return body as T;
  }

  private async _send(path: string, init: RequestInit): Promise<Response> {
    const url = URLExt.join(this._settings.baseUrl, 'ftassist', path);
    try {
      return await ServerConnection.makeRequest(url, init, this._settings);
    } catch (error) {
      throw away(error);
    }
  }
}

/** The server is away: who reads it cannot do anything with the browser's own words. */
function away(error: unknown): ApiError {
  return new ApiError(0, AWAY, '', START_AGAIN, 'away', String(error));
}

/** What a proxy answers for a server that is not there. */
const GATEWAY = [502, 503, 504];
const AWAY = 'The Jupyter server is away: it was stopped, or the network is down';
const START_AGAIN =
  'Start it again with `jupyter lab`. What you see is its last answer; it goes on by itself.';

function exportOf(id: string, trial: string): string {
  return `campaigns/${part(id)}/trials/${part(trial)}/export`;
}

function testOf(id: string): string {
  return `campaigns/${part(id)}/test`;
}

function part(text: string): string {
  return encodeURIComponent(text);
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function refusal(response: Response, body: unknown): ApiError {
  const said = (body ?? {}) as { [key: string]: unknown };
  const field = (name: string): string => (typeof said[name] === 'string' ? `${said[name]}` : '');
  const message = field('message') || `${response.status} ${response.statusText}`;
  return new ApiError(
    response.status,
    message,
    field('where'),
    field('what_to_do'),
    field('code'),
    body
  );
}
