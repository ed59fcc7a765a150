import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { generateToken } from '../../access/device-credentials.js';
import type { Principal } from '../../access/principal.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { days, minutes } from '../../kernel/durations.js';
import { newId } from '../../kernel/ids.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { WeatherKind } from '../../gateway/task-views.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { EstateTransactions } from '../../platform/estate-transaction.js';
import { DeviceCommands } from '../device-commands.js';
import { FollowUps } from './follow-ups.js';
import { Inspections } from './inspections.js';
import { showTask } from './task-notices.js';

export interface WeatherFlag {
  readonly kind: WeatherKind;
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

const LONGEST_MS = days(60);
/** A signed call counts for so long: one that was overheard is soon worth nothing. */
const SIGNED_FOR_MS = minutes(5);
const WET: readonly WeatherKind[] = ['rain', 'plum-rain', 'typhoon'];

/** What is signed: `<t>.<estate>.<kind>.<from>.<to>`, as they stand in the call. */
export const weatherSignature = (token: string, parts: readonly string[]): string =>
  createHmac('sha256', token).update(parts.join('.')).digest('hex');

/** The estate's weather, told by a person or by a weather service's signed call. */
@Injectable()
export class Weather {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly devices: DeviceCommands,
    private readonly work: { followUps: FollowUps; inspections: Inspections },
  ) {}

  /**
   * Sets a flag; the same kind and beginning told again only moves its end.
   * @param by null = the webhook @throws DomainError `invalid` when it is over, or ends before it begins
   */
  async set(estate: string, flag: WeatherFlag, by: Principal | null): Promise<string> {
    return this.transactions.run(estate, async (tx) => {
      if (flag.to <= flag.from || flag.to <= tx.now || flag.to - flag.from > LONGEST_MS)
        throw new DomainError('invalid', 'Weather ends after it begins, in the future, and within 60 days.');
      const row = await tx.trx
        .insertInto('weather_flag')
        .values({
          id: newId(tx.now),
          estate_id: estate,
          kind: flag.kind,
          from_at: new Date(flag.from),
          to_at: new Date(flag.to),
          source: by ? 'hand' : 'webhook',
          set_by: by?.username ?? null,
          created_at: tx.at,
        })
        .onConflict((c) => c.columns(['estate_id', 'kind', 'from_at']).doUpdateSet({ to_at: new Date(flag.to) }))
        .returning('id')
        .executeTakeFirstOrThrow();
      const released = WET.includes(flag.kind) ? await this.work.followUps.releaseForRain(tx, flag.from) : 0;
      await this.work.inspections.onWeather(tx, flag.kind, row.id, flag.from, flag.to);
      tx.journal({
        kind: 'weather-flag',
        actor: by?.username ?? null,
        payload: {
          weather: flag.kind,
          from: new Date(flag.from).toISOString(),
          to: new Date(flag.to).toISOString(),
          source: by ? 'hand' : 'webhook',
          released,
        },
      });
      showTask(tx, 'weather', row.id);
      return row.id;
    });
  }

  /** Taken back: it does not rain after all. What it released or listed stays. Safe to call twice. */
  clear(estate: string, id: string, by: Principal): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const row = await tx.trx
        .deleteFrom('weather_flag')
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .returning('kind')
        .executeTakeFirst();
      if (!row) return;
      await tx.trx
        .updateTable('deadline')
        .set({ served_at: tx.at, outcome: 'not needed any more' })
        .where('kind', '=', 'inspection')
        .where('key', '=', `after:${id}`)
        .where('served_at', 'is', null)
        .execute();
      tx.journal({ kind: 'weather-cleared', actor: by.username, payload: { weather: row.kind, flag: id } });
      showTask(tx, 'weather', id);
    });
  }

  /** @returns the estate's new token, shown once */
  async rotateToken(estate: string, by: Principal): Promise<string> {
    const { vault } = this.devices;
    if (!vault) throw new DomainError('unavailable', 'There is no key to keep the token with.');
    const token = generateToken();
    const { keyId, sealed } = vault.seal(`weather:${estate}`, token);
    await this.transactions.run(estate, async (tx) => {
      await tx.trx
        .insertInto('weather_token')
        .values({ estate_id: estate, key_id: keyId, sealed })
        .onConflict((c) => c.column('estate_id').doUpdateSet({ key_id: keyId, sealed }))
        .execute();
      tx.journal({ kind: 'weather-token-rotated', actor: by.username, payload: {} });
    });
    return token;
  }

  /**
   * A weather service's call, signed with the estate's token. An unknown estate, one without a token and a wrong
   * signature are answered alike.
   * @param signed `t` (unix seconds) and `v1` (hex) of the header, and the texts that were signed
   */
  async signedCall(
    estate: string,
    flag: WeatherFlag,
    signed: { t: string; v1: string; parts: readonly string[] },
  ): Promise<string> {
    const refused = new DomainError('forbidden', 'The signature is not this estate’s, or older than five minutes.');
    const row = await this.db
      .selectFrom('weather_token')
      .selectAll()
      .where('estate_id', '=', estate)
      .executeTakeFirst();
    const token = row
      ? (this.devices.vault?.open(`weather:${estate}`, { keyId: row.key_id, sealed: row.sealed }) ?? null)
      : null;
    if (!token || !this.directory.current.estate(estate)) throw refused;
    const expected = Buffer.from(weatherSignature(token, [signed.t, ...signed.parts]), 'hex');
    const given = Buffer.from(signed.v1, 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused;
    // Wall time: the caller knows no other.
    if (Math.abs(Number(signed.t) * 1000 - this.clock.now()) > SIGNED_FOR_MS) throw refused;
    return this.set(estate, flag, null);
  }
}
