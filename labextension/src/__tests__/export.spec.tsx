import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import { IExportBody, IExporting } from '../api/documents';
import { ExportBody } from '../export/body';
import { FIRST, bodyOf, commandOf, wrongBound } from '../export/form';
import { NewExport } from '../export/model';
import { fakeApi, fakeStore } from './fake';

const trans = nullTranslator.load('ftassist');
afterEach(cleanup);

const BEGUN: IExporting = {
  schema: 'ftassist/exporting/1',
  trial: 't0004',
  form: 'merged',
  phase: 'exporting',
  steps: ['writing the export (merged)'],
  export: null,
  error: null
};
const SENTENCE = 'export 0.5, trial 0.51: difference -0.01 [-0.03, +0.01] on the same 320 items';
const DONE: IExporting = {
  ...BEGUN,
  phase: 'done',
  export: { path: '/x/exports/t0004-<b>merged</b>', sentences: [SENTENCE], forced: false }
};
const REFUSED: IExporting = {
  ...BEGUN,
  phase: 'failed',
  error: {
    message: 'the export does not behave as t0004 was scored: it loses 0.2, more than 0.01',
    where: 'merged',
    what_to_do: 'export another form, or keep it all the same with --force t0004',
    code: 'ftassist'
  }
};

/** The dialog's body over a server that answers a list of looks. */
function drawn(...looks: (IExporting | null)[]): {
  model: NewExport;
  api: ReturnType<typeof fakeApi>;
} {
  const api = fakeApi();
  api.beginExport = jest.fn((_id: string, _trial: string, _body: IExportBody) =>
    Promise.resolve(BEGUN)
  );
  api.exporting = jest.fn((_id: string, _trial: string) => Promise.resolve(looks.shift() ?? null));
  const model = new NewExport(fakeStore(api), 'c', 't0004', 'campaigns/a b', trans, 0);
  render(<ExportBody model={model} trans={trans} />);
  return { model, api };
}

const choose = (label: string, value: string): void => {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
};

describe('the export dialog', () => {
  it('shows the command of what is chosen, with the folder of the campaign', () => {
    drawn();
    choose('Form', 'gguf');
    choose('Quantisation', 'q4_0');
    choose('Bound', '0.05');
    expect(document.querySelector('code')!.textContent).toBe(
      "ftassist export t0004 --as gguf --quantisation q4_0 --bound 0.05 --campaign 'campaigns/a b'"
    );
    choose('Form', 'copy');
    expect(document.querySelector('code')!.textContent).toBe(
      "ftassist export t0004 --campaign 'campaigns/a b'"
    );
  });

  it('tells the difference with its interval, and where it is, as text', async () => {
    const { model, api } = drawn(DONE);
    await act(() => model.begin());
    expect(api.beginExport).toHaveBeenCalledWith('c', 't0004', {
      form: 'merged',
      numbers: 'bfloat16'
    });
    expect(screen.getByText(SENTENCE)).toBeTruthy();
    expect(screen.getByText('/x/exports/t0004-<b>merged</b>')).toBeTruthy();
    expect(document.querySelector('b')).toBeNull();
  });

  it('refused, says why and only then offers to keep it by the trial’s name', async () => {
    const { model, api } = drawn(REFUSED, DONE);
    expect(screen.queryByLabelText('Keep anyway')).toBeNull();
    await act(() => model.begin());
    expect(screen.getByRole('alert').textContent).toContain('it loses 0.2, more than 0.01');
    choose('Keep anyway', 't0004');
    expect(document.querySelector('code')!.textContent).toContain('--force t0004');
    await act(() => model.begin());
    expect(api.beginExport).toHaveBeenLastCalledWith(
      'c',
      't0004',
      expect.objectContaining({ force: 't0004' })
    );
    choose('Form', 'adapter');
    expect(screen.queryByLabelText('Keep anyway')).toBeNull();
    expect(bodyOf(model.form)).toEqual({ form: 'adapter' });
  });

  it('takes up an export that goes on already', async () => {
    const { model } = drawn(BEGUN, { ...BEGUN, steps: ['scoring 320 items'] }, DONE);
    await act(() => model.takeUp());
    expect(screen.getByText(SENTENCE)).toBeTruthy();
  });

  it('leaves a plain copy to the runner', async () => {
    const { model, api } = drawn();
    choose('Form', 'copy');
    await act(() => model.begin());
    expect(api.act).toHaveBeenCalledWith('c', { action: 'export_model', trial: 't0004' });
    expect(screen.getByText(/^The runner copies the files/)).toBeTruthy();
  });

  it('asks for nothing while its bound is no number', async () => {
    const { model, api } = drawn();
    choose('Bound', 'little');
    await act(() => model.begin());
    expect(api.beginExport).not.toHaveBeenCalled();
    expect(screen.getByRole('alert').textContent).toBe('A number from 0 on, such as 0.01.');
  });

  it('names in its command what differs from the usual only', () => {
    expect(commandOf(FIRST, 't0004', 'c')).toBe('ftassist export t0004 --as merged --campaign c');
    expect(wrongBound({ ...FIRST, bound: '-1' }, trans)).not.toBe('');
  });
});
