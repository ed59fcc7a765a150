import { BRIDGE_ROOTS, mountOf } from './bridge.js';
import type { SourcedEstate } from './check-estate.js';
import type { MistakeBook } from './mistake-book.js';

/** Bridges, and devices that are reached through them. */
export function checkBridges(all: Pick<SourcedEstate, 'bridges' | 'devices'>, book: MistakeBook): void {
  const devices = new Set(all.devices.map(({ value }) => value.id));
  const dialects = new Map(all.bridges.map(({ value }) => [value.id, value.dialect]));
  for (const [i, { value: bridge, path }] of all.bridges.entries()) {
    const at = [...path, 'prefix'];
    if (devices.has(bridge.id)) book.add(path, `a device has the id "${bridge.id}", too: both log in with it`);
    if (mountOf(bridge.dialect, bridge.prefix) === null)
      book.add(at, `the topics of ${bridge.dialect} begin with "${BRIDGE_ROOTS[bridge.dialect]}", which must be in it`);
    else if (bridge.dialect !== 'native' && bridge.prefix.startsWith('steward/'))
      book.add(at, 'topics under "steward/" belong to devices that speak the native dialect');
    // On an external broker the topic alone tells whose message it is.
    const other = all.bridges.findIndex(
      ({ value: b }, k) => k < i && (b.prefix.startsWith(bridge.prefix) || bridge.prefix.startsWith(b.prefix)),
    );
    if (other >= 0) book.add(at, `overlaps with that of the bridge "${all.bridges[other]?.value.id}"`);
    if (bridge.dialect === 'profile' && bridge.profile === null)
      book.add(path, 'a bridge of the dialect "profile" needs a "profile"');
    if (bridge.dialect !== 'profile' && bridge.profile !== null)
      book.add([...path, 'profile'], `is for the dialect "profile"; with ${bridge.dialect} each device has its own`);
  }
  const names = new Map<string, string>();
  for (const { value: device, path } of all.devices) {
    const { via, foreignId } = device.attributes;
    if (via === undefined) {
      if (foreignId !== undefined) book.add(path, 'has a "foreignId" but no bridge ("via")');
      continue;
    }
    if (!book.refer('bridge', via, [...path, 'attributes', 'via'])) continue;
    if (foreignId === undefined) {
      book.add(path, `needs a "foreignId": its name at the bridge "${via}"`);
      continue;
    }
    if (dialects.get(via) === 'chirpstack' && !/^[0-9a-f]{16}$/.test(foreignId))
      book.add(path, `its "foreignId" must be its DevEUI in small letters, such as "24e124136b502217"`);
    const key = `${via} ${foreignId}`;
    const twin = names.get(key);
    if (twin !== undefined) book.add(path, `the device "${twin}" has the same name at the bridge "${via}"`);
    names.set(key, device.id);
  }
}
