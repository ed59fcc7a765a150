import { beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import { ApiError, OfflineError } from './api-error.js';
import { EvidenceUploads, type Upload } from './evidence-uploads.js';

beforeAll(() => {
  Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined });
});
const photo = (): Blob => new Blob(['x'], { type: 'image/jpeg' });
const states = (u: EvidenceUploads): string[] => u.all.get().map((x) => x.state);

describe('photos on their way', () => {
  it('go one at a time, and the ticket is asked for when one has arrived', async () => {
    const under: Upload[] = [];
    let release = (): void => undefined;
    const told: string[] = [];
    const uploads = new EvidenceUploads(
      (u) => {
        under.push(u);
        return new Promise((r) => (release = () => r('hash')));
      },
      (id) => told.push(id),
    );
    uploads.add('t1', 5, photo());
    uploads.add('t1', 0, photo());
    expect(states(uploads)).toEqual(['sending', 'waiting']);
    release();
    await until('the second', 1000, () => under.length === 2);
    release();
    await until('both', 1000, () => states(uploads).every((s) => s === 'sent'));
    expect(told).toEqual(['t1', 't1']);
    uploads.stop();
  });

  it('wait while the line is down, and go when it is back; one that is refused holds up nobody', async () => {
    let up = false;
    const uploads = new EvidenceUploads(
      (u) => {
        if (!up) return Promise.reject(new OfflineError());
        return u.step === 1 ? Promise.reject(new ApiError(415, 'no photo', null, null)) : Promise.resolve('hash');
      },
      () => undefined,
    );
    uploads.add('t1', 1, photo());
    uploads.add('t1', 2, photo());
    await until('tried', 1000, () => states(uploads).every((s) => s === 'waiting'));
    up = true;
    await uploads.flush();
    expect(uploads.all.get()).toMatchObject([
      { state: 'refused', why: 'no photo' },
      { state: 'sent', sha256: 'hash' },
    ]);
    uploads.drop(uploads.all.get()[0]!.id);
    expect(states(uploads)).toEqual(['sent']);
    uploads.stop();
  });
});
