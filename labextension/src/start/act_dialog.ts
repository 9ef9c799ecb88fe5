/**
 * A dialog that has the server do something and tells of it. Closing it leaves the server going on.
 */

import { Dialog } from '@jupyterlab/apputils';
import { ISignal } from '@lumino/signaling';
import { onButtonOfForm } from './enter';

const CLOSE = 0;
const BEGIN = 2;

/** What it asks of its model: `store/acting.ts` is the base of such. */
interface IActModel {
  readonly changed: ISignal<unknown, void>;
  readonly busy: boolean;
  readonly ready: boolean;
  begin(): Promise<void>;
  cancel(): Promise<void>;
  takeUp(): Promise<void>;
  leave(): void;
}

interface IActDialogOptions {
  title: string;
  body: Dialog.IBodyWidget<void>;
  /** The button that has it ended before its time. */
  cancel: Dialog.IButton;
  /** The button that has it begun. */
  begin: Dialog.IButton;
  /** Whether Enter begins it; else it closes the dialog. */
  enterBegins: boolean;
}

/** The base of such dialogs. */
export class ActDialog<M extends IActModel> extends Dialog<void> {
  constructor(
    protected readonly model: M,
    private readonly _options: IActDialogOptions,
    close: string
  ) {
    super({
      title: _options.title,
      body: _options.body,
      buttons: [Dialog.cancelButton({ label: close }), _options.cancel, _options.begin],
      defaultButton: _options.enterBegins ? BEGIN : CLOSE,
      focusNodeSelector: 'select'
    });
    this.addClass('jp-ft-StartDialog');
    this.model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  dispose(): void {
    this.model.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  /** Shows it, with what the server is at already; ends when it is closed. */
  async ask(): Promise<void> {
    try {
      void this.model.takeUp().catch(() => undefined);
      await this.launch();
    } finally {
      this.model.leave();
      this.dispose();
    }
  }

  /** Only Close closes it; what comes of the act is told in it. */
  resolve(index?: number): void {
    const chosen = index ?? (this._options.enterBegins ? BEGIN : CLOSE);
    if (chosen === BEGIN) {
      void this.model.begin();
    } else if (chosen === CLOSE) {
      this.finish();
    } else {
      void this.model.cancel();
    }
  }

  /** Enter on a button of the form is that button's. */
  handleEvent(event: Event): void {
    if (!onButtonOfForm(event)) {
      super.handleEvent(event);
    }
  }

  protected finish(): void {
    super.resolve(CLOSE);
  }

  private _onChanged(): void {
    const found = this.node.querySelectorAll<HTMLButtonElement>('.jp-Dialog-footer button');
    const buttons = [...found];
    const focused = buttons.find(button => button === document.activeElement);
    buttons.forEach((button, at) => {
      if (at === BEGIN) {
        button.disabled = !this.model.ready;
      } else if (at !== CLOSE) {
        button.disabled = !this.model.busy;
      }
    });
    if (focused?.disabled) {
      buttons[CLOSE].focus(); // or the keys would no longer be the dialog's
    }
  }
}
