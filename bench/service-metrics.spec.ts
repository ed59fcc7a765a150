import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { boundOf, ServiceMetrics } from './service-metrics.js';

describe('what the bench reads of the service', () => {
  let stored = 0;
  const server = createServer((_request, response) => {
    response.end(`steward_readings_total{kind="gate"} ${(stored += 5)}\nsteward_readings_total{kind="elevator"} 10\n`);
  });
  let metrics: ServiceMetrics;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    metrics = new ServiceMetrics(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => void server.close());

  it('waits until readings of all kinds together are stored', async () => {
    const { storedAfterMs, notStored } = await metrics.stored(25);
    expect(notStored).toBe(0);
    expect(storedAfterMs).toBeGreaterThan(150);
  });

  it('tells how many are not, when the time is over', async () => {
    expect((await metrics.stored(100_000, 0)).notStored).toBeGreaterThan(99_000);
  });

  it('finds the quantile of what came between two looks', () => {
    const before = new Map([...[[0.01, 90]], [0.1, 100], [Infinity, 100]] as [number, number][]);
    const after = new Map([...[[0.01, 91]], [0.1, 199], [Infinity, 200]] as [number, number][]);
    expect(boundOf(0.5, before, after)).toBe(100);
    expect(boundOf(0.01, before, after)).toBe(10);
    expect(boundOf(1, before, after)).toBe(Infinity);
  });
});
