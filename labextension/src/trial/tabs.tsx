/**
 * Tabs by the ARIA pattern: arrow keys walk, one tab stop, panels drawn when chosen.
 */

import React from 'react';

/** A tab: its id, its label and what it shows. */
export interface ITab {
  id: string;
  label: string;
  render: () => JSX.Element;
}

/** A row of tabs and the chosen one's panel. */
export function Tabs(props: {
  tabs: ITab[];
  label: string;
  name: string;
  /** With each change of it the first tab is shown; 0 for never. */
  first?: number;
  /** A tab that is shown with each change of `shown`; 0 for never. */
  show?: string;
  shown?: number;
}): JSX.Element {
  const { tabs, name, first, show, shown } = props;
  const [chosen, setChosen] = React.useState(tabs[0].id);
  const [{ id: home }] = tabs;
  React.useEffect(() => {
    if (first) {
      setChosen(home);
    }
  }, [first, home]);
  React.useEffect(() => {
    if (shown && show) {
      setChosen(show);
    }
  }, [shown, show]);
  const list = React.useRef<HTMLDivElement>(null);
  const at = Math.max(
    0,
    tabs.findIndex(tab => tab.id === chosen)
  );
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const moves: { [key: string]: number } = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    };
    if (event.key in moves) {
      event.preventDefault();
      const to = tabs[moves[event.key]].id;
      setChosen(to);
      list.current?.querySelector<HTMLElement>(`[data-tab="${to}"]`)?.focus();
    }
  };
  return (
    <>
      <div
        ref={list}
        className="jp-ft-Tabs"
        role="tablist"
        aria-label={props.label}
        onKeyDown={onKeyDown}
      >
        {tabs.map(tab => (
          <button
            key={tab.id}
            id={`${name}-tab-${tab.id}`}
            data-tab={tab.id}
            role="tab"
            className="jp-ft-TabButton"
            aria-selected={tab.id === tabs[at].id}
            aria-controls={`${name}-panel-${tab.id}`}
            tabIndex={tab.id === tabs[at].id ? 0 : -1}
            onClick={() => setChosen(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        key={tabs[at].id}
        id={`${name}-panel-${tabs[at].id}`}
        className="jp-ft-TabPanel"
        role="tabpanel"
        aria-labelledby={`${name}-tab-${tabs[at].id}`}
        tabIndex={0}
      >
        {tabs[at].render()}
      </div>
    </>
  );
}
