import type { PlaceHitView } from '../gateway/by-hand-views.js';
import type { DeviceKind } from './device.js';
import type { EstateDirectory } from './estate-directory.js';
import { hasHan, normalise, pinyinKeys, type PinyinKeys } from './pinyin-keys.js';

/** Something that can be found. */
interface SearchedPlace {
  readonly hit: PlaceHitView;
  /** Likelier kinds have smaller ones. */
  readonly rank: number;
  /** Other spellings of it. */
  readonly codes: readonly string[];
}

/** By what it is found. */
export interface PlaceKeys {
  /** The names and codes themselves, normalised. */
  readonly words: readonly string[];
  readonly pinyin: readonly PinyinKeys[];
  /** Everything above in one text: what is not in it is not meant. */
  readonly haystack: string;
}

export function keysOf({ hit, codes }: SearchedPlace): PlaceKeys {
  const texts = [hit.place.zh, hit.name.zh, hit.place.en, hit.name.en, hit.id, ...codes];
  const words = [...new Set(texts.map(normalise))].filter((w) => w !== '');
  const chinese = [...new Set([hit.place.zh, hit.name.zh])].filter(hasHan);
  const pinyin = chinese.map((zh) => pinyinKeys(zh, hit.kind === 'person'));
  const spelt = pinyin.flatMap((p) => [p.syllables.replaceAll(' ', ''), p.initials]);
  return { words, pinyin, haystack: [...words, ...spelt].join('\n') };
}

const RANK_OF_DEVICE: Readonly<Record<DeviceKind, number>> = {
  elevator: 0,
  gate: 1,
  generic: 3,
  'pipe-sensor': 3,
  'water-meter': 6,
};

/** Everything in an estate that somebody may mean. */
export function* placesOf(directory: EstateDirectory, estate: string): Generator<SearchedPlace> {
  const plain = { estate, deviceKind: null, building: null, roles: [], phone: null };
  for (const z of directory.zonesOfEstate(estate))
    yield { hit: { ...plain, kind: 'zone', id: z.id, name: z.names, place: z.names }, rank: 5, codes: [] };
  for (const b of directory.buildingsOf(estate)) {
    const inside = { ...plain, building: b.id };
    yield { hit: { ...inside, kind: 'building', id: b.id, name: b.names, place: b.names }, rank: 1, codes: [] };
    for (const r of directory.risersOf(b.id)) {
      const place = directory.placeOfSubject({ type: 'riser', id: r.id });
      yield { hit: { ...inside, kind: 'riser', id: r.id, name: r.names, place }, rank: 4, codes: [] };
    }
    for (const u of directory.unitsOf(b.id)) {
      const place = directory.placeOfSubject({ type: 'unit', id: u.id });
      const name = { zh: u.label, en: u.label };
      yield { hit: { ...inside, kind: 'unit', id: u.id, name, place }, rank: 2, codes: unitCodes(b.names.zh, u.label) };
    }
  }
  for (const d of directory.devicesOfEstate(estate)) {
    if (d.life === 'retired') continue;
    const { id, kind: deviceKind, building } = d;
    const place = directory.placeOfDevice(d);
    const hit: PlaceHitView = { ...plain, kind: 'device', id, name: { ...d.name }, place, deviceKind, building };
    yield { hit, rank: RANK_OF_DEVICE[deviceKind], codes: [] };
  }
  for (const p of directory.staffOf(estate)) {
    const roles = [...directory.rolesIn(p.username, estate)];
    const hit: PlaceHitView = { ...plain, kind: 'person', id: p.username, name: p.names, place: p.names, roles };
    yield { hit: { ...hit, phone: p.phone }, rank: 3, codes: [] };
  }
}

/** "6-1201", "6栋1201", "61201": the number of the building before that of the unit. */
function unitCodes(building: string, label: string): string[] {
  const number = /\d+/.exec(building.normalize('NFKC'))?.[0];
  return number === undefined ? [] : [`${number}${label}`, `${building}${label}`];
}
