/**
 * The command that does what a dialog does, to copy.
 */

import { Clipboard } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { clean } from '../words/text';

/** A command as text, with a button that copies it. */
export function Command(props: { text: string; trans: TranslationBundle }): JSX.Element {
  const { text, trans } = props;
  const [copied, setCopied] = React.useState('');
  return (
    <div className="jp-ft-Start-command">
      <span>{trans.__('The same as a command:')}</span>
      <button
        className="jp-ft-button"
        type="button"
        onClick={() => {
          Clipboard.copyToSystem(text);
          setCopied(text);
        }}
      >
        {trans.__('Copy')}
      </button>
      <span role="status" className="jp-ft-muted">
        {copied === text ? trans.__('copied') : ''}
      </span>
      <code>{clean(text)}</code>
    </div>
  );
}
