import type { IRetentionOptions } from 'influx';
import type { InfluxConnection } from './influx-client.js';

/** Retention policy of the readings themselves. */
export const RAW = 'raw';

/** Days for which the readings themselves are kept; 0 = for ever. */
export interface InfluxKeeping {
  readonly rawDays: number;
}

/** Coarser copies for charts over long times: kept for `days`, 0 = for ever. Late readings are taken in for `again`. */
const COARSER = [
  { policy: 'five_minutes', step: '5m', days: 400, again: '1h' },
  { policy: 'hours', step: '1h', days: 0, again: '6h' },
] as const;

interface Policy {
  readonly name: string;
  readonly duration: string;
  readonly default: boolean;
}

/** Makes database, retention policies and continuous queries as they are to be; changes those that differ. */
export async function prepareInflux({ client, database }: InfluxConnection, keeping: InfluxKeeping): Promise<void> {
  await client.createDatabase(database);
  const known = (await client.query<Policy>(`show retention policies on "${database}"`)).map((p) => p);
  const wanted = [
    { policy: RAW, days: keeping.rawDays, isDefault: true },
    ...COARSER.map((c) => ({ policy: c.policy, days: c.days, isDefault: false })),
  ];
  for (const { policy, days, isDefault } of wanted) {
    const there = known.find((k) => k.name === policy);
    const options: IRetentionOptions = {
      database,
      duration: days === 0 ? 'INF' : `${days}d`,
      replication: 1,
      isDefault,
    };
    if (!there) await client.createRetentionPolicy(policy, options);
    else if (hoursOf(there.duration) !== days * 24 || there.default !== isDefault)
      await client.alterRetentionPolicy(policy, options);
  }
  for (const { policy, step, again } of COARSER) {
    const text = `create continuous query "steward_${policy}" on "${database}" resample for ${again} begin
      select mean(/^[^_]/), min(/^[^_]/), max(/^[^_]/), last(/^[^_]/) into "${database}"."${policy}".:MEASUREMENT
      from "${database}"."${RAW}"./.*/ group by time(${step}), * end`;
    // The same text again is no error; another one under the same name is.
    await client.query(text).catch(async (error: Error) => {
      if (!/already exists/.test(error.message)) throw error;
      await client.query(`drop continuous query "steward_${policy}" on "${database}"`);
      await client.query(text);
    });
  }
}

/** `720h0m0s` */
const hoursOf = (duration: string): number => Number(/^(\d+)h/.exec(duration)?.[1] ?? 0);
