import { ICampaignView } from '../api/documents';
import { CampaignModel, ICampaignChange } from '../store/campaign';
import { fakeApi, node, sample } from './fake';

function view(changes: Partial<ICampaignView>): ICampaignView {
  return { ...sample<ICampaignView>('view_full'), ...changes };
}

/** The sequence number of the sample campaign. */
const SEQ = sample<ICampaignView>('view_full').seq;

describe('the model of a campaign', () => {
  it('takes a snapshot, then asks for what is new since', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    await model.refresh();
    expect(model.nodes.size).toBe(14);
    api.campaign.mockResolvedValueOnce(view({ full: false, seq: SEQ + 4, nodes: [] }));
    await model.refresh();
    expect(api.campaign).toHaveBeenLastCalledWith('x', SEQ);
    expect(model.seq).toBe(SEQ + 4);
  });

  it('merges a delta: touched nodes are replaced, new ones added, the rest kept', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    await model.refresh();
    const changes: ICampaignChange[] = [];
    model.changed.connect((_, change) => changes.push(change));
    const delta = [node('t0011', 't0004', { score: 0.9 }), node('t0014', 't0011')];
    api.campaign.mockResolvedValueOnce(view({ full: false, seq: SEQ + 5, nodes: delta }));
    await model.refresh();
    expect(model.nodes.size).toBe(15);
    expect(model.nodes.get('t0011')?.score).toBe(0.9);
    expect(model.nodes.get('t0004')?.score).toBe(0.78);
    expect(changes).toEqual([{ full: false, trials: ['t0011', 't0014'], seq: SEQ + 5 }]);
  });

  it('merges the delta that a real server sent', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    await model.refresh();
    const delta = sample<ICampaignView>('view_delta');
    expect(model.merge(delta, model.seq)).toBe(true);
    for (const touched of delta.nodes) {
      expect(model.nodes.get(touched.trial)).toEqual(touched);
    }
  });

  it('reads everything again when a delta goes back in time', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    await model.refresh();
    api.campaign.mockResolvedValueOnce(
      view({ full: false, seq: 3, nodes: [node('t0000', null)] })
    );
    api.campaign.mockResolvedValueOnce(view({ full: true, seq: 5, nodes: [node('t0000', null)] }));
    await model.refresh();
    expect(api.campaign.mock.calls.map(call => call[1])).toEqual([0, SEQ, 0]);
    expect(model.seq).toBe(5);
    expect([...model.nodes.keys()]).toEqual(['t0000']);
  });

  it('shares one reading among those who ask, and reads once more for a hint meanwhile', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    const first = model.refresh();
    const second = model.refresh();
    await Promise.all([first, second, model.hint(200)]);
    expect(api.campaign).toHaveBeenCalledTimes(2);
  });

  it('says nothing when nothing changed', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    await model.refresh();
    const before = model.version;
    const same = { full: false, seq: SEQ, nodes: [] };
    api.campaign.mockResolvedValueOnce(view(same));
    await model.refresh();
    expect(model.version).toBe(before);
  });

  it('keeps what it has when the server is away, and says so once', async () => {
    const api = fakeApi();
    const model = new CampaignModel('x', api);
    await model.refresh();
    api.campaign.mockRejectedValue(new Error('away'));
    await model.refresh();
    const { version } = model;
    await model.refresh();
    expect(model.problem).toBe('away');
    expect(model.version).toBe(version);
    expect(model.nodes.size).toBe(14);
  });
});
