import { waitFor } from '@testing-library/react';
import { ICampaignList } from '../api/documents';
import { ApiError } from '../api/errors';
import { fakeApi, fakeStore, sample } from './fake';

const ID = sample<ICampaignList>('campaigns').campaigns[0].id;

function list(seq: number): ICampaignList {
  const found = sample<ICampaignList>('campaigns');
  found.campaigns[0].seq = seq;
  return found;
}

describe('the store', () => {
  it('chooses a campaign that waits for the person', async () => {
    const store = fakeStore(fakeApi());
    await store.refresh();
    expect(store.current).toBe(ID);
    store.dispose();
  });

  it('polls slowly while hints come, and at the chosen rate when a poll finds what no hint told', async () => {
    const api = fakeApi();
    const store = fakeStore(api);
    store.setInterval(4000);
    await store.refresh();
    expect(store.interval).toBe(4000);
    api.campaigns.mockResolvedValue(list(127));
    await store.hear({ id: ID, seq: 127 });
    await store.refresh();
    expect(store.interval).toBe(10_000);
    api.campaigns.mockResolvedValue(list(140));
    await store.refresh();
    expect(store.interval).toBe(4000);
    store.dispose();
  });

  it('does not wait out a long interval when a shorter one is set', async () => {
    const api = fakeApi();
    const store = fakeStore(api);
    store.setInterval(600_000);
    await store.refresh();
    api.campaigns.mockClear();
    store.setInterval(10);
    await waitFor(() => expect(api.campaigns).toHaveBeenCalled());
    store.dispose();
  });

  it('reads the model of a campaign that a hint names, with what is new only', async () => {
    const api = fakeApi();
    const store = fakeStore(api);
    await store.refresh();
    const model = store.model(ID);
    await model.refresh();
    api.campaign.mockClear();
    await store.hear({ id: ID, seq: model.seq });
    expect(api.campaign).not.toHaveBeenCalled();
    await store.hear({ id: ID, seq: model.seq + 1 });
    expect(api.campaign).toHaveBeenCalledWith(ID, model.seq);
    store.dispose();
  });

  it('tells a folder it does not know from a server that is away', async () => {
    const api = fakeApi();
    const store = fakeStore(api);
    api.find.mockRejectedValueOnce(new ApiError(404, 'not here'));
    expect(await store.idOf('/elsewhere')).toBeNull();
    api.find.mockRejectedValueOnce(new ApiError(0, 'away'));
    await expect(store.idOf('/elsewhere')).rejects.toThrow('away');
    expect(await store.idOf('/here')).toBe(ID);
    store.dispose();
  });
});
