import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { CommandIDs } from '../commands';
import { Devices, devicesOf } from '../explorer/devices';
import { CampaignModel } from '../store/campaign';
import { fakeApi, fakeFace, node, nodes, under } from './fake';

const HERE = [
  node('t0000', null),
  node('t0001', 't0000', { place: 'a device 10', status: 'running' }),
  node('t0002', 't0000', { place: 'a device 2' }),
  node('t0003', 't0001', { place: 'a device 2', status: 'running' }),
  node('t0004', 't0001', { place: 'b device 0' })
];

describe('the strip of devices', () => {
  it('has each device that trials ran on once, with the one that runs there now', () => {
    expect(devicesOf(HERE)).toEqual([
      { place: 'a device 2', trial: 't0003' },
      { place: 'a device 10', trial: 't0001' },
      { place: 'b device 0', trial: null }
    ]);
    expect(devicesOf([node('t0000', null)])).toEqual([]);
  });

  it('opens the trial that runs on a device, and says which are idle', () => {
    const model = new CampaignModel('c', fakeApi());
    Object.assign(model, { _nodes: nodes(...HERE), _campaign: { runner_alive: true } });
    const face = fakeFace();
    const execute = jest.spyOn(face.commands, 'execute').mockResolvedValue(undefined);
    render(under(face, <Devices model={model} />));
    expect(screen.getByText('idle').parentElement?.textContent).toBe('b device 0idle');
    fireEvent.click(screen.getByRole('button', { name: 't0003' }));
    expect(execute).toHaveBeenCalledWith(CommandIDs.openTrial, {
      campaign: 'c',
      trial: 't0003'
    });
  });

  it('says that nothing runs where no runner works', () => {
    const model = new CampaignModel('c', fakeApi());
    Object.assign(model, { _nodes: nodes(...HERE), _campaign: { runner_alive: false } });
    render(under(fakeFace(), <Devices model={model} />));
    expect(screen.getAllByText('idle')).toHaveLength(3);
  });
});
