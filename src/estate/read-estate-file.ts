import { CONTACT_NAMES } from './estate-contacts.js';
import { checkEstate, type SourcedEstate } from './check-estate.js';
import { FileHead, type EstateFile } from './estate-file.js';
import { expandDevices } from './expand-devices.js';
import { expandUnits } from './expand-units.js';
import { isRecord, MistakeBook } from './mistake-book.js';
import type { RosterEntry } from './roster-entry.js';
import { parseWrittenEstate, type Sourced, type WrittenEstate } from './written-estate.js';
import { YamlSource, type Mistake } from './yaml-source.js';
import { err, ok, type Result } from '../kernel/result.js';

export type { Mistake };

/**
 * Reads an estate file. Either everything is right, or every mistake is told with its line and column: whoever writes
 * a thousand lines wants to correct them in one go.
 */
export function readEstateFile(text: string): Result<EstateFile, Mistake[]> {
  const source = new YamlSource(text);
  const book = new MistakeBook(source);
  if (source.broken) return err(book.all());
  if (!isRecord(source.data)) {
    book.parse(FileHead, source.data, []);
    return err(book.all());
  }
  const written = parseWrittenEstate(source.data, book);
  const { organisation, region, estate } = written;
  const all = spellOut(written, estate?.id ?? '', book);
  checkEstate(all, book);
  const mistakes = book.all();
  if (mistakes.length || !organisation || !region || !estate) return err(mistakes);
  return ok({
    organisation,
    region,
    estate,
    buildings: values(all.buildings),
    risers: values(all.risers),
    units: values(all.units),
    zones: values(all.zones),
    devices: values(all.devices),
    bridges: values(all.bridges),
    staff: values(all.staff),
    roster: values(all.roster),
    contacts: written.contacts.map(({ value }) => ({ ...value, name: value.name ?? CONTACT_NAMES[value.kind] })),
  });
}

const values = <T>(items: readonly Sourced<T>[]): T[] => items.map(({ value }) => value);

function spellOut(written: WrittenEstate, estate: string, book: MistakeBook): SourcedEstate {
  const buildings = written.buildings.flatMap(({ head, path }) =>
    head ? [{ value: { id: head.id, name: head.name, floors: head.floors }, path }] : [],
  );
  const risers = written.buildings.flatMap((b) =>
    b.risers.map(({ value, path }) => ({ value: { ...value, building: b.id, valve: value.valve ?? null }, path })),
  );
  const expanded = written.buildings.map((b) => expandUnits(b, book));
  const units = expanded.flatMap((e) => e.units);
  const devices = expandDevices(
    written,
    expanded.flatMap((e) => e.meters),
    {
      floors: new Map(buildings.map(({ value }) => [value.id, value.floors])),
      units: new Map(units.map(({ value }) => [value.id, value])),
      riserBuilding: new Map(risers.map(({ value }) => [value.id, value.building])),
    },
    book,
  );
  return {
    buildings,
    risers,
    units,
    devices,
    zones: written.zones,
    bridges: written.bridges.map(({ value, path }) => ({ value: { ...value, profile: value.profile ?? null }, path })),
    staff: written.staff.map(({ value, path }) => ({
      value: {
        ...value,
        roles: [...new Set(value.roles)],
        phone: value.phone ?? null,
        password: value.password ?? null,
      },
      path,
    })),
    roster: written.roster.map(({ value, path }) => ({ value: rosterEntry(value, estate), path })),
  };
}

/** The id says what the entry is, so that the same line is the same entry at the next import. */
function rosterEntry(
  e: Omit<RosterEntry, 'id' | 'estate' | 'zone'> & { zone?: string | undefined },
  estate: string,
): RosterEntry {
  const id = [estate, e.zone ?? '*', e.role, e.duty, e.person, e.weekdays.join(''), `${e.from}-${e.to}`].join('/');
  return { ...e, id, estate, zone: e.zone ?? null };
}
