import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { estatesOf, rolesIn, type Principal } from '../access/principal.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Device, DeviceKind, DeviceLife, Occupancy } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { UnitEntry } from '../estate/estate-directory.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { LiveValues } from '../telemetry/live-values.js';
import { Watch } from '../workflow/watch.js';
import { ChangeFeed } from './change-feed.js';
import { cursorOf, MOST_ITEMS, pageOf, readCursor, type PageQuery } from './http/paging.js';
import type { PageOf } from './record-views.js';
import type { DeviceView, EstateView, ListOf, UnitView } from './views.js';

export interface RejectView {
  at: string;
  device: string | null;
  reason: string;
  detail: string | null;
  sample: string | null;
}

export interface DeviceFilter extends PageQuery {
  readonly building?: string | undefined;
  readonly life?: DeviceLife | undefined;
}
export interface UnitFilter extends PageQuery {
  readonly estate?: string | undefined;
  readonly building?: string | undefined;
  readonly occupancy?: Occupancy | undefined;
}
export interface RejectFilter extends PageQuery {
  readonly reason?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const ID = z.tuple([z.string()]);
const NO = z.tuple([z.number().int().min(0)]);
const byId = <T extends { readonly id: string }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

const iso = (at: number | null | undefined): string | null => (at ? new Date(at).toISOString() : null);
export const unitView = (u: UnitEntry): UnitView => ({
  ...{ id: u.id, estate: u.estate, building: u.building, label: u.label, floor: u.floor, occupancy: u.occupancy },
  ...{ visitUntil: iso(u.visitUntil), awayUntil: iso(u.awayUntil) },
});

/** Contractors see tickets, no devices: also where they are something else in another estate. */
const maySee = (reader: Principal, estate: string): boolean => rolesIn(reader, estate).some((r) => r !== 'contractor');

/** Devices and places as pages show them. */
@Injectable()
export class DeviceReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly directory: DirectoryHolder,
    private readonly live: LiveValues,
    private readonly watch: Watch,
    private readonly feed: ChangeFeed,
  ) {}

  /** @throws DomainError `not-found` out of scope */
  device(reader: Principal, id: string): Device {
    const device = this.directory.current.device(id);
    if (!device || !maySee(reader, device.estate)) throw new DomainError('not-found', 'There is no such device.');
    return device;
  }

  one(reader: Principal, id: string): DeviceView {
    return this.view(this.device(reader, id));
  }

  /** Page by page when `limit` or `after` asks for it, by id then; else all at once. */
  async list(
    reader: Principal,
    estate: string | undefined,
    kind: DeviceKind | undefined,
    filter: DeviceFilter = {},
  ): Promise<ListOf<DeviceView>> {
    const after = readCursor(filter.after, ID);
    const estates = estatesOf(reader).filter((e) => maySee(reader, e) && (estate === undefined || e === estate));
    const first = estates[0];
    if (first === undefined) {
      if (estate === undefined) return { items: [], seq: 0 };
      throw new DomainError('not-found', 'There is no such thing in your estates.');
    }
    const seq = await this.feed.head(first);
    const devices = estates.flatMap((e) => this.directory.current.devicesOfEstate(e));
    const { building, life } = filter;
    const wanted = devices.filter(
      (d) =>
        (kind === undefined || d.kind === kind) &&
        (building === undefined || d.building === building) &&
        (life === undefined || d.life === life),
    );
    if (filter.limit === undefined && !after) return { items: wanted.map((d) => this.view(d)), seq, next: null };
    const rest = byId(wanted).filter((d) => !after || d.id > after[0]);
    const page = pageOf(rest, filter.limit ?? MOST_ITEMS, (d) => cursorOf(d.id));
    return { items: page.rows.map((d) => this.view(d)), seq, next: page.next };
  }

  /** Flats, by id; nothing personal. */
  units(reader: Principal, filter: UnitFilter): PageOf<UnitView> {
    const directory = this.directory.current;
    const estates = estatesOf(reader).filter((e) => maySee(reader, e) && (filter.estate ?? e) === e);
    if (filter.estate !== undefined && estates.length === 0)
      throw new DomainError('not-found', 'There is no such thing in your estates.');
    const after = readCursor(filter.after, ID);
    const units = estates
      .flatMap((e) => directory.buildingsOf(e))
      .filter((b) => (filter.building ?? b.id) === b.id)
      .flatMap((b) => directory.unitsOf(b.id))
      .filter((u) => (filter.occupancy ?? u.occupancy) === u.occupancy && (!after || u.id > after[0]));
    const page = pageOf(byId(units), filter.limit ?? MOST_ITEMS, (u) => cursorOf(u.id));
    return { items: page.rows.map(unitView), next: page.next };
  }

  async rejects(estate: string, device: string | null, filter: RejectFilter = {}): Promise<PageOf<RejectView>> {
    const limit = filter.limit ?? MOST_ITEMS;
    const after = readCursor(filter.after, NO);
    let q = this.db.selectFrom('telemetry_reject').selectAll();
    // Without a device: those of the estate, and of nobody known (a login under a name that nobody registered).
    q =
      device === null
        ? q.where((eb) => eb.or([eb('estate_id', '=', estate), eb('estate_id', 'is', null)]))
        : q.where('device_id', '=', device);
    if (after) q = q.where('id', '<', after[0]);
    if (filter.reason) q = q.where('reason', '=', filter.reason);
    if (filter.from) q = q.where('at', '>=', new Date(filter.from));
    if (filter.to) q = q.where('at', '<', new Date(filter.to));
    // Their numbers are their order: a time may be the same for many.
    const rows = await q
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = pageOf(rows, limit, (r) => cursorOf(r.id));
    const items = page.rows.map((r) => ({
      at: r.at.toISOString(),
      device: r.device_id,
      reason: r.reason,
      detail: r.detail,
      sample: r.sample,
    }));
    return { items, next: page.next };
  }

  estates(reader: Principal): EstateView[] {
    const directory = this.directory.current;
    return estatesOf(reader).flatMap((id) => {
      const estate = directory.estate(id);
      if (!estate) return [];
      return {
        id,
        name: estate.names,
        timezone: estate.timezone,
        buildings: directory.buildingsOf(id).map((b) => ({
          id: b.id,
          name: b.names,
          floorsMin: b.floorsMin,
          floorsMax: b.floorsMax,
          risers: directory.risersOf(b.id).map((r) => ({ id: r.id, kind: r.kind, name: r.names, valve: r.valve })),
          units: directory
            .unitsOf(b.id)
            .map((u) => ({ id: u.id, label: u.label, floor: u.floor, occupancy: u.occupancy, riser: u.waterRiser })),
        })),
      };
    });
  }

  private view(d: Device): DeviceView {
    const value = this.live.of(d.id);
    return {
      id: d.id,
      estate: d.estate,
      kind: d.kind,
      name: d.name,
      place: this.directory.current.placeOfDevice(d),
      building: d.building,
      unit: d.unit,
      riser: d.riser,
      floor: d.floor,
      life: d.life,
      attributes: { ...d.attributes },
      latest: value ? { at: new Date(value.at).toISOString(), values: value.values } : null,
      online: this.watch.isOnline(d.id),
    };
  }
}
