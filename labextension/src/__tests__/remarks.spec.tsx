import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { ITrialPage } from '../api/documents';
import { ApiError } from '../api/errors';
import { tableRows } from '../store/table';
import { tagged, tagsOf } from '../store/tree';
import { TrialPageModel } from '../trial/model';
import { Notes, Tags } from '../trial/remarks';
import { fakeApi, fakeFace, fakeStore, node, nodes, sample, under } from './fake';

afterEach(cleanup);

/** Tags and notes of a trial that has some. */
function drawn(): { api: ReturnType<typeof fakeApi>; model: TrialPageModel } {
  const api = fakeApi();
  const store = fakeStore(api);
  const page = sample<ITrialPage>('trial_scored');
  page.tags = { keep: { actor: 'person:ada', time: 1790000000 } };
  page.notes = [
    { seq: 41, text: '<b>too</b> short', kind: 'note', actor: 'person:ada', time: 1790000000 },
    { seq: 42, text: 'a prompt', kind: 'prompt', actor: 'person:ada', time: 1790000000 }
  ];
  const model = new TrialPageModel(store, 'c', 't0004');
  render(
    under(
      fakeFace(api, store),
      <>
        <Tags model={model} page={page} />
        <Notes model={model} page={page} />
      </>
    )
  );
  return { api, model };
}

describe('tags and notes', () => {
  it('are written down and taken away', async () => {
    const { api } = drawn();
    fireEvent.change(screen.getByLabelText('Add a tag'), { target: { value: ' short ' } });
    await act(async () => {
      fireEvent.submit(screen.getByLabelText('Add a tag'));
    });
    expect(api.act).toHaveBeenLastCalledWith('c', { action: 'tag', tag: 'short', trial: 't0004' });
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Take the tag keep away' }));
    });
    expect(api.act).toHaveBeenLastCalledWith('c', {
      action: 'untag',
      tag: 'keep',
      trial: 't0004'
    });
    fireEvent.change(screen.getByLabelText('Write a note'), { target: { value: 'look' } });
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Keep note' }));
    });
    const note = { action: 'note', kind: 'note', text: 'look', trial: 't0004' };
    expect(api.act).toHaveBeenLastCalledWith('c', note);
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: /^Take the note away/ }));
    });
    const removed = { action: 'remove_note', note: 41, trial: 't0004' };
    expect(api.act).toHaveBeenLastCalledWith('c', removed);
  });

  it('are shown as text; prompts are none of the notes', () => {
    drawn();
    expect(screen.getByText('<b>too</b> short')).toBeTruthy();
    expect(document.querySelector('b')).toBeNull();
    expect(screen.queryByText('a prompt')).toBeNull();
  });

  it('keep what was typed where the server refuses it, and say why', async () => {
    const { api } = drawn();
    api.act.mockRejectedValue(new ApiError(400, "'a b' cannot be a tag", 'tag', 'use letters'));
    fireEvent.change(screen.getByLabelText('Add a tag'), { target: { value: 'a b' } });
    await act(async () => {
      fireEvent.submit(screen.getByLabelText('Add a tag'));
    });
    expect(screen.getByRole('alert').textContent).toContain('cannot be a tag');
    expect(screen.getByLabelText<HTMLInputElement>('Add a tag').value).toBe('a b');
  });
});

describe('the filter by tag', () => {
  const some = nodes(
    node('t0000', null),
    node('t0001', 't0000'),
    node('t0002', 't0001', { tags: ['keep', 'a'] }),
    node('t0003', 't0001', { tags: ['a'] })
  );

  it('of the tree keeps what leads to the trials that have it', () => {
    expect([...tagged(some, 'keep').keys()].sort()).toEqual(['t0000', 't0001', 't0002']);
    expect(tagged(some, '').size).toBe(4);
    expect(tagged(some, 'none').size).toBe(0);
    expect(tagsOf(some.values())).toEqual(['a', 'keep']);
  });

  it('of the table keeps those trials only, and its words find tags', () => {
    const order = { column: 'trial', descending: false } as const;
    const rows = (tag: string, text = ''): string[] =>
      tableRows(some.values(), { text, word: '', tag }, order).map(row => row.trial);
    expect(rows('a')).toEqual(['t0002', 't0003']);
    expect(rows('', '#keep')).toEqual(['t0002']);
  });
});
