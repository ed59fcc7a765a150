import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { estatesOf, rolesIn, type Principal } from '../access/principal.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Device, DeviceKind } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { LiveValues } from '../telemetry/live-values.js';
import { Watch } from '../workflow/watch.js';
import { ChangeFeed } from './change-feed.js';
import type { DeviceView, EstateView, ListOf } from './views.js';

export interface RejectView {
  at: string;
  device: string | null;
  reason: string;
  detail: string | null;
  sample: string | null;
}

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

  async list(reader: Principal, estate: string | undefined, kind: DeviceKind | undefined): Promise<ListOf<DeviceView>> {
    const estates = estatesOf(reader).filter((e) => maySee(reader, e) && (estate === undefined || e === estate));
    const first = estates[0];
    if (first === undefined) {
      if (estate === undefined) return { items: [], seq: 0 };
      throw new DomainError('not-found', 'There is no such thing in your estates.');
    }
    const seq = await this.feed.head(first);
    const devices = estates.flatMap((e) => this.directory.current.devicesOfEstate(e));
    return { items: devices.filter((d) => kind === undefined || d.kind === kind).map((d) => this.view(d)), seq };
  }

  async rejects(estate: string, device: string | null): Promise<RejectView[]> {
    let q = this.db.selectFrom('telemetry_reject').selectAll();
    // Without a device: those of the estate, and of nobody known (a login under a name that nobody registered).
    q =
      device === null
        ? q.where((eb) => eb.or([eb('estate_id', '=', estate), eb('estate_id', 'is', null)]))
        : q.where('device_id', '=', device);
    const rows = await q.orderBy('at', 'desc').limit(200).execute();
    return rows.map((r) => ({
      at: r.at.toISOString(),
      device: r.device_id,
      reason: r.reason,
      detail: r.detail,
      sample: r.sample,
    }));
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
