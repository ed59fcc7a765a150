import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { EstateTraffic } from './estate-traffic.js';
import type { PlannedKill } from './kill-plan.js';

const HOLD_MS = 30_000;
/** A kill may miss what it aims at by so much, on either side. */
const SPREAD_MS = 400;
/** A commit and its PUBACK lie within this after the readings were sent. */
const COMMIT_MS = 30;
const LOOK_AHEAD_MS = 5000;
const SHORT_LIFE_MS = { least: 500, most: 4000 };
const LONG_LIFE_MS = { least: 6500, most: 8500 };

/** Waits for the instant that the plan aims at: near the end of a hold, inside a burst, near an escalation, or any. */
export async function killInstant(kill: PlannedKill, traffic: EstateTraffic, databaseUrl: string): Promise<void> {
  const upMs = kill.leavesTime ? LONG_LIFE_MS : SHORT_LIFE_MS;
  const earliest = Date.now() + upMs.least;
  const spread = (kill.where - 0.5) * 2 * SPREAD_MS;
  switch (kill.aim) {
    case 'hold': {
      const ends = traffic.traps.map((t) => t.first.sentAt + HOLD_MS);
      const next = ends.find((at) => at > earliest && at < earliest + LOOK_AHEAD_MS);
      if (next !== undefined) return void (await until(next + spread));
      break;
    }
    case 'puback':
      await sleep(upMs.least + (kill.where * (upMs.most - upMs.least)) / 2);
      traffic.burst();
      return void (await sleep(((kill.where * 7919) % 1) * COMMIT_MS));
    case 'escalation': {
      const next = await nextEscalationAt(databaseUrl, earliest);
      if (next !== null) return void (await until(next + spread));
      break;
    }
    case 'any':
      break;
  }
  await sleep(upMs.least + kill.where * (upMs.most - upMs.least));
}

async function nextEscalationAt(databaseUrl: string, earliest: number): Promise<number | null> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ due: Date | null }>(
      `select min(due_at) as due from deadline where served_at is null and kind = 'slot' and due_at between $1 and $2`,
      [new Date(earliest), new Date(earliest + LOOK_AHEAD_MS)],
    );
    return rows[0]?.due?.getTime() ?? null;
  } finally {
    await client.end();
  }
}

const until = (at: number): Promise<unknown> => sleep(Math.max(0, at - Date.now()));
