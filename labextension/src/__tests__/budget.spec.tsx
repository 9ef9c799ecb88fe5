import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import { BudgetBody } from '../agent/budget_dialog';
import { Expected } from '../agent/plan_dialog';
import { IBudget } from '../api/documents';
import { tokens } from '../words/numbers';

const BUDGET: IBudget = { trials: 8, rows: 2000, seconds: 600, usd: 5, device_hours: null };
const trans = nullTranslator.load('ftassist');

class Open extends BudgetBody {
  draw(): JSX.Element {
    return this.render();
  }
}

afterEach(cleanup);

test('only limits that a person changed are sent', () => {
  const body = new Open(BUDGET, trans);
  render(body.draw());
  expect(body.changed).toEqual({});
  fireEvent.change(screen.getByLabelText('Trials'), { target: { value: '12' } });
  fireEvent.change(screen.getByLabelText(/Device-hours/), { target: { value: '1.5' } });
  expect(body.changed).toEqual({ trials: 12, device_hours: 1.5 });
  body.dispose();
});

test('an empty cap on device-hours takes it away', () => {
  const body = new Open({ ...BUDGET, device_hours: 2 }, trans);
  render(body.draw());
  fireEvent.change(screen.getByLabelText(/Device-hours/), { target: { value: ' ' } });
  expect(body.changed).toEqual({ device_hours: null });
  body.dispose();
});

test('what is expected is told before a campaign goes on by itself', () => {
  const campaign = { name: 'c', spending: '3 more trials' };
  const plan = { lines: ['3 trials: about 9 min', 'in all about 12 min, no cost for calls'] };
  render(<Expected campaign={campaign} plan={plan} trans={trans} />);
  expect(screen.getAllByRole('listitem').map(item => item.textContent)).toEqual(plan.lines);
  cleanup();
  render(<Expected campaign={campaign} plan={null} trans={trans} />);
  expect(screen.queryAllByRole('listitem')).toEqual([]);
});

test('tokens are told with their size', () => {
  expect([850, 1234, 2.5e6].map(count => tokens(count, trans))).toEqual([
    '850 tokens',
    '1.23 k tokens',
    '2.5 M tokens'
  ]);
});
