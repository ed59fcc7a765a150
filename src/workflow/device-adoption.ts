import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { AuditService } from '../access/audit.service.js';
import type { Principal } from '../access/principal.js';
import { CAPABILITIES } from '../estate/capabilities.js';
import type { DeviceAttributes, DeviceKind } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { ProfileBook } from '../telemetry/profiles/profile-book.js';
import type { Names } from '../gateway/views.js';
import { DirectoryRefresh } from './directory-refresh.js';

export interface AdoptionRequest {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly name: Names;
  readonly building?: string | undefined;
  readonly unit?: string | undefined;
  readonly riser?: string | undefined;
  readonly floor?: number | undefined;
  readonly attributes: Omit<DeviceAttributes, 'capabilities' | 'via' | 'foreignId'> & {
    readonly capabilities?: readonly string[] | undefined;
  };
}

/** A device that a bridge speaks of becomes one of the estate's: registered, not yet at work (domain §3). */
@Injectable()
export class DeviceAdoption {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly audit: AuditService,
    private readonly directory: DirectoryHolder,
    private readonly refresh: DirectoryRefresh,
    private readonly profiles: ProfileBook,
  ) {}

  /**
   * @param no of the unclaimed device
   * @throws DomainError `not-found`, `invalid` (its place, profile or attributes), `conflict` (its id is taken)
   */
  async adopt(no: number, by: Principal, q: AdoptionRequest): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const found = await trx
        .selectFrom('unclaimed_device')
        .selectAll()
        .where('no', '=', no)
        .forUpdate()
        .executeTakeFirst();
      if (!found)
        throw new DomainError('not-found', 'There is no such unclaimed device; somebody may have adopted it.');
      const { estate_id, bridge_id, foreign_id } = found;
      const place = this.placeOf(estate_id, q);
      this.check(q);
      const taken = await sql<{ id: string }>`
        select id from device where id = ${q.id} or (attributes ->> 'via' = ${bridge_id} and attributes ->> 'foreignId' = ${foreign_id})
        union all select id from bridge where id = ${q.id}`.execute(trx);
      if (taken.rows.length > 0) {
        throw new DomainError('conflict', `The id "${q.id}" or the device is taken (${taken.rows[0]?.id}).`);
      }
      const attributes = { capabilities: [], ...q.attributes, via: bridge_id, foreignId: foreign_id };
      await trx
        .insertInto('device')
        .values({
          id: q.id,
          estate_id,
          kind: q.kind,
          name_zh: q.name.zh,
          name_en: q.name.en,
          ...place,
          attributes: JSON.stringify(attributes),
          life: 'registered',
          token_sha256: null,
        })
        .execute();
      await trx.deleteFrom('unclaimed_device').where('no', '=', no).execute();
      const details = { estate: estate_id, bridge: bridge_id, foreignId: foreign_id, kind: q.kind };
      await this.audit.record({ actor: by.username, action: 'device.adopted', target: q.id, details }, trx);
      await sql`select pg_notify('steward_estate_changed', ${estate_id})`.execute(trx);
    });
    await this.refresh.now();
  }

  private placeOf(
    estate: string,
    q: AdoptionRequest,
  ): { building_id: string | null; unit_id: string | null; riser_id: string | null; floor: number | null } {
    const { current } = this.directory;
    const unit = q.unit === undefined ? undefined : current.unit(q.unit);
    const riser = q.riser === undefined ? undefined : current.riser(q.riser);
    if (q.unit !== undefined && unit?.estate !== estate) throw invalid(`There is no unit "${q.unit}" in the estate.`);
    if (q.riser !== undefined && riser?.estate !== estate)
      throw invalid(`There is no riser "${q.riser}" in the estate.`);
    const building = q.building ?? unit?.building ?? riser?.building;
    if (building !== undefined && current.building(building)?.estate !== estate)
      throw invalid(`There is no building "${building}" in the estate.`);
    if ((unit && unit.building !== building) || (riser && riser.building !== building))
      throw invalid('Its unit, riser and building do not belong together.');
    return {
      building_id: building ?? null,
      unit_id: q.unit ?? null,
      riser_id: q.riser ?? null,
      floor: q.floor ?? unit?.floor ?? null,
    };
  }

  private check({ kind, attributes }: AdoptionRequest): void {
    const { profile, capabilities = [] } = attributes;
    if (kind === 'water-meter' && (attributes.q3M3h === undefined || attributes.registerStepM3 === undefined))
      throw invalid('A water meter needs the attributes q3M3h and registerStepM3.');
    if (kind === 'elevator' && attributes.terminalFloors === undefined)
      throw invalid('A lift needs the attribute terminalFloors.');
    const known = CAPABILITIES[kind];
    const odd = known === 'any' ? undefined : capabilities.find((c) => !known.includes(c));
    if (odd !== undefined) throw invalid(`"${odd}" is no capability of the kind ${kind}.`);
    if (profile === undefined) return;
    const found = this.profiles.get(profile);
    if (!found) throw invalid(`There is no device profile "${profile}".`);
    if (found.spec.kind !== kind) throw invalid(`The device profile "${profile}" is for the kind ${found.spec.kind}.`);
  }
}

const invalid = (sentence: string): DomainError => new DomainError('invalid', sentence);
