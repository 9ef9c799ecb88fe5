import { fireEvent, render, screen } from '@testing-library/react';
import { act } from 'react';
import React from 'react';
import { CommandIDs } from '../commands';
import { rowText, rowTitle } from '../explorer/rows';
import { SearchTree } from '../explorer/tree';
import { CampaignModel } from '../store/campaign';
import { MAX_RAILS, treeMove, treeRows } from '../store/tree';
import { fakeApi, fakeFace, node, nodes, under } from './fake';

const NONE = new Set<string>();

describe('a trial that was run in part', () => {
  const rung = { rung: 0.25, rests: true, says: 'rests at 25 % of its training' };
  const values = {
    status: 'resting',
    word: 'resting',
    score: null,
    low: null,
    high: null
  } as const;

  it('says at which rung it rests, on its row and on hover', () => {
    const resting = node('t0001', 't0000', { ...values, rung });
    const trans = fakeFace(fakeApi()).trans;
    expect(rowText(resting, null, true, trans).detail).toBe('at 25 %');
    expect(rowTitle(resting, trans)).toContain('rests at 25 % of its training');
    expect(rowTitle(resting, trans)).not.toContain('score');
  });

  it('says to which rung it runs', () => {
    const running = node('t0001', 't0000', {
      ...values,
      status: 'running',
      word: 'running',
      stage: 'train',
      rung: { ...rung, rests: false }
    });
    const trans = fakeFace(fakeApi()).trans;
    expect(rowText(running, null, true, trans).detail).toBe('train, to 25 %');
  });
});

describe('the rows of a tree', () => {
  const some = nodes(
    node('t0003', 't0001'),
    node('t0000', null),
    node('t0002', 't0000'),
    node('t0001', 't0000'),
    node('t0004', 't0000', { role: 'replicate', replicate_of: 't0003' })
  );

  it('come depth first, siblings by id, a replicate below what it repeats', () => {
    const rows = treeRows(some, 't0003', NONE);
    expect(rows.map(row => [row.node.trial, row.level])).toEqual([
      ['t0000', 1],
      ['t0001', 2],
      ['t0003', 3],
      ['t0004', 4],
      ['t0002', 2]
    ]);
    expect(rows.filter(row => row.onBestPath).map(row => row.node.trial)).toEqual([
      't0000',
      't0001',
      't0003'
    ]);
    expect([rows[1].position, rows[1].siblings, rows[0].below]).toEqual([1, 2, 4]);
  });

  it('leave out what is folded, and say how much that is', () => {
    const rows = treeRows(some, null, new Set(['t0001']));
    expect(rows.map(row => row.node.trial)).toEqual(['t0000', 't0001', 't0002']);
    expect(rows[1]).toMatchObject({ expanded: false, below: 2 });
  });

  it('survive a cycle, a missing parent and a chain of ten thousand', () => {
    const odd = nodes(node('t0001', 't0009'), node('t0002', 't0002'));
    expect(treeRows(odd, 't0002', NONE)).toHaveLength(2);
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      node(
        `t${String(index).padStart(5, '0')}`,
        index ? `t${String(index - 1).padStart(5, '0')}` : null
      )
    );
    const rows = treeRows(nodes(...chain), 't09999', NONE);
    expect(rows).toHaveLength(10_000);
    expect(rows[9999].level).toBe(10_000);
    expect(rows[9999].rails.length).toBeLessThanOrEqual(MAX_RAILS + 1);
  });

  it('are walked by the keys of the ARIA pattern', () => {
    const rows = treeRows(some, null, NONE);
    expect(treeMove('ArrowDown', rows, 0, 10)).toEqual({ to: 1 });
    expect(treeMove('ArrowRight', rows, 0, 10)).toEqual({ to: 1 });
    expect(treeMove('ArrowLeft', rows, 0, 10)).toEqual({ collapse: 't0000' });
    expect(treeMove('ArrowLeft', rows, 3, 10)).toEqual({ to: 2 });
    expect(treeMove('End', rows, 0, 10)).toEqual({ to: 4 });
    expect(treeMove('PageUp', rows, 4, 2)).toEqual({ to: 2 });
    expect(treeMove('x', rows, 0, 10)).toBeNull();
    const folded = treeRows(some, null, new Set(['t0000']));
    expect(treeMove('ArrowRight', folded, 0, 10)).toEqual({ expand: 't0000' });
  });
});

describe('the tree on the screen', () => {
  async function draw(): Promise<{ open: jest.Mock }> {
    const face = fakeFace();
    const open = jest.fn();
    face.commands.addCommand(CommandIDs.openTrial, { execute: open });
    const model = new CampaignModel('x', fakeApi());
    await model.refresh();
    render(under(face, <SearchTree model={model} />));
    return { open };
  }

  it('is walked and folded by keyboard, and opens a page', async () => {
    const { open } = await draw();
    const tree = screen.getByRole('tree');
    act(() => tree.focus());
    fireEvent.keyDown(tree, { key: 'ArrowDown' });
    const active = (): string =>
      document.getElementById(tree.getAttribute('aria-activedescendant')!)!.dataset.trial!;
    expect(active()).toBe('t0001');
    fireEvent.keyDown(tree, { key: 'ArrowLeft' });
    expect(screen.getAllByRole('treeitem')).toHaveLength(2);
    fireEvent.keyDown(tree, { key: 'Enter' });
    expect(open).toHaveBeenCalledWith({ campaign: 'x', trial: 't0001' });
    fireEvent.keyDown(tree, { key: '*' });
    expect(screen.getAllByRole('treeitem')).toHaveLength(14);
  });

  it('says state, score and place in words, whatever the colours', async () => {
    await draw();
    const best = screen.getByRole('treeitem', { name: /^t0004/ });
    expect(best.getAttribute('aria-label')).toContain(
      'better, score 0.78 [0.73, 0.83], best so far'
    );
    expect(best.textContent).toContain('★');
    const waiting = screen.getByRole('treeitem', { name: /^t0012/ });
    expect(waiting.getAttribute('aria-label')).toContain('waiting for you');
    expect(screen.getByRole('treeitem', { name: /^t0005/ }).textContent).toContain('✕');
  });

  it('shows hostile titles as text', async () => {
    await draw();
    const row = screen.getByRole('treeitem', { name: /^t0006/ });
    expect(row.querySelector('img')).toBeNull();
    expect(row.textContent).toContain('<img src=x onerror=alert(1)>');
  });

  it('keeps a row where it is when it is clicked, so that a second click meets it', async () => {
    const { open } = await draw();
    const tree = screen.getByRole('tree');
    const last = screen.getAllByRole('treeitem').slice(-1)[0];
    fireEvent.click(last);
    expect(last.getAttribute('aria-selected')).toBe('true');
    expect(tree.scrollTop).toBe(0);
    fireEvent.doubleClick(last);
    expect(open).toHaveBeenCalledTimes(1);
    fireEvent.keyDown(tree, { key: 'End' });
    expect(tree.scrollTop).toBeGreaterThan(0);
  });

  it('makes a row as high as its text at every zoom: a label that just fits takes one line', () => {
    const box = jest.spyOn(HTMLElement.prototype, 'getBoundingClientRect');
    box.mockReturnValue({ width: 250 } as DOMRect); // 7 pixels a character, as none is drawn
    const model = new CampaignModel('x', fakeApi());
    const nodes = [node('t0000', null, { title: 'a'.repeat(26) })];
    const height = (): string => screen.getByRole('treeitem').style.height;
    model.merge({ schema: '', id: 'x', seq: 1, full: true, campaign: null!, nodes }, 0);
    render(under(fakeFace(), <SearchTree model={model} />));
    expect(height()).toBe('39px');
    const larger = screen.getByRole('button', { name: 'Larger rows' });
    [1, 2, 3].forEach(() => fireEvent.click(larger));
    expect(height()).toBe(`${Math.round(1.5 * 39)}px`);
    const smaller = screen.getByRole('button', { name: 'Smaller rows' });
    [1, 2, 3, 4, 5].forEach(() => fireEvent.click(smaller));
    expect(height()).toBe(`${Math.round(0.8 * 39)}px`);
    box.mockRestore();
  });

  it('draws a part of ten thousand rows', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    await model.refresh();
    const many = Array.from({ length: 10_000 }, (_, index) =>
      node(`t${String(index).padStart(5, '0')}`, index ? 't00000' : null)
    );
    model.merge(
      { schema: '', id: 'x', seq: 500, full: true, campaign: model.campaign!, nodes: many },
      0
    );
    render(under(fakeFace(), <SearchTree model={model} />));
    expect(screen.getAllByRole('treeitem').length).toBeLessThan(80);
    expect(screen.getByText('10000 trials')).toBeTruthy();
  });
});
