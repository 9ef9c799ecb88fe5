/**
 * The report of a campaign in a frame of its own, written anew as the campaign goes on.
 *
 * The frame runs no script, whatever stands in the page; its links lead inside the page.
 */

import { IFrame } from '@jupyterlab/ui-components';
import { errorText } from '../api/errors';
import { IFace } from '../face';
import { reportIcon } from '../icons/icons';
import { ICampaignStore, IHint } from '../store/store';

/** The least time between two readings, in milliseconds. */
const PAUSE = 1500;
/** It is written at most a fifth of the time: the report of a long campaign takes a while. */
const SHARE = 4;

/** The widget of a report. */
export class ReportPage extends IFrame {
  constructor(
    private readonly _face: IFace,
    readonly campaign: string,
    private readonly _pause = PAUSE
  ) {
    // Of this page's origin, so that a report written anew can be put where it was read.
    super({ sandbox: ['allow-same-origin', 'allow-modals'] });
    const { store, trans } = _face;
    this.id = ReportPage.id(campaign);
    this.addClass('jp-ft-Report');
    this.title.label = trans.__('Report');
    this.title.icon = reportIcon;
    this.title.closable = true;
    const row = store.campaigns.find(known => known.id === campaign);
    this.title.caption = trans.__('Report of %1', row?.path || row?.name || campaign);
    this._frame = this.node.querySelector('iframe')!;
    this._frame.title = this.title.caption;
    this._frame.addEventListener('load', this._onLoad);
    this._said = document.createElement('p');
    this._said.className = 'jp-ft-Report-said';
    this._said.setAttribute('role', 'status');
    this._said.textContent = trans.__('Writing the report…');
    this.node.prepend(this._said);
    store.moved.connect(this._onMoved, this);
    void this.read();
  }

  /** The id of the report of a campaign. */
  static id(campaign: string): string {
    return `ftassist-report-${campaign}`;
  }

  /** Has the report written, unless it tells of all there is. */
  async read(): Promise<void> {
    if (this._reading || this.isDisposed) {
      this._again = true;
      return;
    }
    this._reading = true;
    this._again = false;
    const began = Date.now();
    try {
      const { seq, html } = await this._face.store.api.report(this.campaign);
      this._say('');
      if (seq !== this._seq && !this.isDisposed) {
        this._seq = seq;
        this._show(html);
      }
    } catch (error) {
      this._say(errorText(error));
    }
    const pause = Math.max(this._pause, SHARE * (Date.now() - began));
    this._timer = window.setTimeout(() => {
      this._reading = false;
      if (this._again) {
        void this.read();
      }
    }, pause);
  }

  /** Prints the report alone, in its style for paper. */
  print(): void {
    this._frame.contentWindow?.print();
  }

  dispose(): void {
    if (!this.isDisposed) {
      window.clearTimeout(this._timer);
      this._face.store.moved.disconnect(this._onMoved, this);
      this._frame.removeEventListener('load', this._onLoad);
      URL.revokeObjectURL(this._url);
      super.dispose();
    }
  }

  private _onMoved(_: ICampaignStore, hint: IHint): void {
    if (hint.id === this.campaign && hint.seq !== this._seq) {
      void this.read();
    }
  }

  private _show(html: string): void {
    this._at = this._frame.contentWindow?.scrollY ?? 0;
    const old = this._url;
    this._url = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
    this._frame.src = this._url;
    URL.revokeObjectURL(old);
  }

  private readonly _onLoad = (): void => {
    this._frame.contentWindow?.scrollTo(0, this._at);
  };

  private _say(text: string): void {
    this._said.textContent = text;
    this._said.hidden = text === '';
  }

  private readonly _frame: HTMLIFrameElement;
  private readonly _said: HTMLElement;
  private _again = false;
  private _at = 0;
  private _reading = false;
  private _seq = 0;
  private _timer = 0;
  private _url = '';
}
