import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadingView } from '../../src/gateway/views.js';

const WINDOW_MS = 60_000;
const MOST = 100_000;

/** What the history answers over REST, wherever the readings stand by then: `device/seq` and when Steward received it. */
export class ToldHistory {
  constructor(
    private readonly http: string,
    private readonly token: string,
  ) {}

  async of(devices: readonly string[], from: number, to: number): Promise<{ key: string; receivedAt: number }[]> {
    const all: { key: string; receivedAt: number }[] = [];
    for (const device of devices) {
      for (let at = from; at < to; at += WINDOW_MS) {
        for (const r of await this.window(device, at, Math.min(to, at + WINDOW_MS)))
          all.push({ key: `${device}/${r.seq}`, receivedAt: Date.parse(r.receivedAt) });
      }
    }
    return all;
  }

  /** @throws when the answer stays partial: the history store does not answer */
  private async window(device: string, from: number, to: number): Promise<ReadingView[]> {
    const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&limit=${MOST}`;
    for (let tries = 0; ; tries++) {
      const reply = await fetch(`${this.http}/api/v1/devices/${device}/readings?${range}`, {
        headers: { authorization: `Bearer ${this.token}` },
      });
      const body = (await reply.json()) as { items: ReadingView[]; partial?: boolean };
      if (reply.ok && !body.partial) {
        if (body.items.length === MOST) throw new Error(`more than ${MOST} readings of ${device} in a minute`);
        return body.items;
      }
      if (tries === 10) throw new Error(`the history of ${device} cannot be had: ${reply.status}`);
      await sleep(1000);
    }
  }
}
