/**
 * The dialog that asks what a proposal, or alternatives to one, should be about.
 */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { errorText } from '../api/errors';

/** Characters of a wish in words, as the server's description of an action has it. */
export const LONGEST_WISH = 1000;

/**
 * Asks for a wish in words and sends it; what the server refuses stands there again, with why.
 *
 * @param title - The dialog's title: what is asked for.
 * @param send - Sends the wish; "" for nothing in particular.
 * @returns Whether it was sent.
 */
export async function askWish(
  title: string,
  send: (wish: string) => Promise<void>,
  trans: TranslationBundle
): Promise<boolean> {
  let [text, problem] = ['', ''];
  for (;;) {
    const body = new WishBody(text, problem, trans);
    const { button } = await showDialog({
      title,
      body,
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Ask') })],
      focusNodeSelector: 'input'
    });
    if (!button.accept) {
      return false;
    }
    text = body.wish;
    try {
      await send(text);
      return true;
    } catch (error) {
      problem = errorText(error);
    }
  }
}

/** The field, with how many characters are left once they become few. */
export class WishBody extends ReactWidget {
  constructor(
    private _text: string,
    private readonly _problem: string,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  /** What was typed. */
  get wish(): string {
    return this._text.trim();
  }

  protected render(): JSX.Element {
    return (
      <WishField
        text={this._text}
        problem={this._problem}
        onType={text => {
          this._text = text;
        }}
        trans={this._trans}
      />
    );
  }
}

function WishField(props: {
  text: string;
  problem: string;
  onType: (text: string) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { trans, problem } = props;
  const [text, setText] = React.useState(props.text);
  const id = React.useId();
  const left = LONGEST_WISH - text.length;
  return (
    <div className="jp-ft-Question jp-ft-Wish">
      <p>
        <label htmlFor={id}>{trans.__('What should it be about?')}</label>
        <input
          id={id}
          className="jp-ft-input"
          type="text"
          autoComplete="off"
          value={text}
          maxLength={LONGEST_WISH}
          placeholder={trans.__('a lower learning rate')}
          aria-describedby={`${id}-told`}
          onChange={event => {
            setText(event.target.value);
            props.onType(event.target.value);
          }}
        />
      </p>
      <p id={`${id}-told`} className="jp-ft-muted">
        {trans.__(
          'One wish at a time is followed best; left empty, it is for nothing in particular. The card says what was asked for, and whether it is met.'
        )}{' '}
        <span role="status">
          {left <= 200 && trans._n('%1 character left.', '%1 characters left.', left)}
        </span>
      </p>
      <p role="alert" className={problem ? 'jp-ft-warning' : undefined}>
        {problem}
      </p>
    </div>
  );
}
