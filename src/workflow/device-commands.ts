import { Injectable } from '@nestjs/common';
import { generateToken, sha256Hex } from '../access/device-credentials.js';
import { sealTokens } from '../access/device-token-store.js';
import type { Principal } from '../access/principal.js';
import type { TokenVault } from '../access/token-vault.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Device, DeviceLife } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { EstateTransactions, type EstateTransaction } from '../platform/estate-transaction.js';
import { missingSights } from './commissioning.js';
import { setDeadline } from './deadlines.js';
import { DirectoryRefresh } from './directory-refresh.js';
import { EmergencyFlow } from './emergency-flow.js';

export interface LifeRequest {
  readonly life: Exclude<DeviceLife, 'registered'>;
  readonly reason?: string;
  readonly until?: string;
}

const ALLOWED: Readonly<Record<DeviceLife, readonly DeviceLife[]>> = {
  registered: ['commissioning', 'retired'],
  commissioning: ['live', 'retired'],
  live: ['maintenance', 'commissioning', 'retired'],
  maintenance: ['live', 'maintenance', 'retired'],
  retired: ['commissioning'],
};
/** A permit is for a piece of work, not for ever. */
const LONGEST_PERMIT_MS = 7 * 86_400_000;

/** The life of a device and its credentials (domain §3). */
@Injectable()
export class DeviceCommands {
  /** Told when a device must be put off the broker at once. */
  onRevoked: (device: string) => void = () => undefined;
  /** Where new tokens are kept for an external broker; null keeps none. */
  vault: TokenVault | null = null;

  constructor(
    private readonly transactions: EstateTransactions,
    private readonly refresh: DirectoryRefresh,
    private readonly directory: DirectoryHolder,
    private readonly flow: EmergencyFlow,
  ) {}

  /** @throws DomainError `conflict` when its life does not go there, `invalid` when a permit lacks reason or end */
  async setLife(device: Device, by: Principal, q: LifeRequest): Promise<void> {
    await this.transactions.run(device.estate, async (tx) => {
      const row = await tx.trx
        .selectFrom('device')
        .selectAll()
        .where('id', '=', device.id)
        .forUpdate()
        .executeTakeFirstOrThrow();
      if (!ALLOWED[row.life].includes(q.life)) {
        throw new DomainError('conflict', `A device that is ${row.life} cannot become ${q.life}.`, {
          reason: `device is ${row.life}`,
        });
      }
      const until = q.until ? Date.parse(q.until) : Number.NaN;
      if (q.life === 'maintenance' && (!q.reason || !(until > tx.now) || until - tx.now > LONGEST_PERMIT_MS)) {
        throw new DomainError('invalid', 'A maintenance permit needs a reason and an end within the next 7 days.');
      }
      if (q.life === 'live' && row.life === 'commissioning') {
        const notSeen = missingSights(device, row.seen_states);
        if (notSeen.length > 0) {
          throw new DomainError('conflict', `Not seen in both states yet: ${notSeen.join(', ')}.`, {
            notSeen,
            reason: 'not seen',
          });
        }
      }
      const permit =
        q.life === 'maintenance'
          ? { maintenance_by: by.username, maintenance_reason: q.reason ?? '', maintenance_until: new Date(until) }
          : { maintenance_by: null, maintenance_reason: null, maintenance_until: null };
      await tx.trx
        .updateTable('device')
        .set({ life: q.life, ...permit })
        .where('id', '=', device.id)
        .execute();
      tx.journal({
        kind: 'device-life',
        actor: by.username,
        deviceId: device.id,
        payload: { from: row.life, to: q.life, reason: q.reason ?? null, until: q.until ?? null },
      });
      tx.change({ type: 'device', entityId: device.id, payload: () => ({ device: device.id, life: q.life }) });
      if (q.life === 'maintenance') {
        await setDeadline(tx, { kind: 'permit-end', key: device.id, ticketId: null, dueAt: until });
      }
      // In the same transaction: a crash between the two would leave people shut in with nobody paged.
      if (q.life === 'live') await this.raiseListed(tx, { ...device, life: 'live', maintenanceUntil: null });
    });
    await this.refresh.now();
    // Only now: put off earlier, it would come in again before its retirement is known at the door.
    if (q.life === 'retired') this.onRevoked(device.id);
  }

  /**
   * The device is at work again, or its permit has run out: what was listed only and still holds is raised as new.
   * Else people who were shut in meanwhile would be suppressed away (law 6). Safe to call twice.
   */
  async reassess(estate: string, id: string): Promise<void> {
    await this.transactions.run(estate, async (tx) => {
      const device = this.directory.current.device(id);
      if (device) await this.raiseListed(tx, device);
    });
  }

  private async raiseListed(tx: EstateTransaction, device: Device): Promise<void> {
    const listed = await tx.trx
      .selectFrom('alarm')
      .selectAll()
      .where('device_id', '=', device.id)
      .where('ended_at', 'is', null)
      .where('active', '=', true)
      .where('state', 'in', ['DSUPR', 'OOSRV'])
      .orderBy('priority')
      .execute();
    for (const { subject_type: type, subject_id, event, priority, reason, evidence, since } of listed) {
      const subject = { type, id: subject_id };
      const finding = { kind: 'raise' as const, event, priority, subject, since: since.getTime(), reason, evidence };
      await this.flow.apply(tx, finding, device);
    }
  }

  /** @returns the new token, shown once; what is kept is its hash, and itself sealed, for a broker that must be told */
  async rotateToken(device: Device, by: Principal): Promise<string> {
    const token = generateToken();
    await this.transactions.run(device.estate, async (tx) => {
      await tx.trx
        .updateTable('device')
        .set({ token_sha256: sha256Hex(token) })
        .where('id', '=', device.id)
        .execute();
      if (this.vault) await sealTokens(tx.trx, this.vault, { [device.id]: token });
      tx.journal({ kind: 'device-token-rotated', actor: by.username, deviceId: device.id, payload: {} });
    });
    await this.refresh.now();
    this.onRevoked(device.id);
    return token;
  }

  /** The device is put off at once and cannot come in again until it is given a new token. Safe to call twice. */
  async revokeToken(device: Device, by: Principal): Promise<void> {
    await this.transactions.run(device.estate, async (tx) => {
      await tx.trx.updateTable('device').set({ token_sha256: null }).where('id', '=', device.id).execute();
      await tx.trx.deleteFrom('device_token').where('device_id', '=', device.id).execute();
      tx.journal({ kind: 'device-token-revoked', actor: by.username, deviceId: device.id, payload: {} });
    });
    await this.refresh.now();
    this.onRevoked(device.id);
  }
}
