import type { PlaceHitView } from '../gateway/by-hand-views.js';
import type { Names } from '../gateway/views.js';
import type { EstateDirectory } from './estate-directory.js';
import { hasHan, normalise, pinyinKeys, type PinyinKeys } from './pinyin-keys.js';

const MOST = 20;

interface Entry {
  readonly hit: PlaceHitView;
  /** The names and codes themselves, normalised. */
  readonly words: readonly string[];
  readonly pinyin: readonly PinyinKeys[];
  /** Everything above in one text: what is not in it is not meant. */
  readonly haystack: string;
  /** Among equally good ones: buildings before what is in them, lifts before meters. */
  readonly rank: number;
}

/**
 * Finds places, devices and people by a few letters: part of the Chinese or English name, pinyin, its initials, a unit's
 * number in any of its spellings, an id. Made once for each directory; a query looks at every entry of the estates.
 */
export class PlaceIndex {
  private readonly byEstate = new Map<string, Entry[]>();

  constructor(directory: EstateDirectory) {
    for (const { id } of directory.estates()) this.byEstate.set(id, entriesOf(directory, id));
  }

  /** The likeliest first, at most 20. */
  search(query: string, estates: readonly string[]): PlaceHitView[] {
    const parts = partsOf(query);
    if (parts.length === 0) return [];
    const found: { entry: Entry; score: number }[] = [];
    for (const estate of estates)
      for (const entry of this.byEstate.get(estate) ?? []) {
        const score = scoreOf(entry, parts);
        if (score !== null) found.push({ entry, score });
      }
    return found
      .sort(
        (a, b) =>
          a.score - b.score ||
          a.entry.rank - b.entry.rank ||
          a.entry.hit.id.localeCompare(b.entry.hit.id, 'en', { numeric: true }),
      )
      .slice(0, MOST)
      .map(({ entry }) => entry.hit);
  }
}

const indexes = new WeakMap<EstateDirectory, PlaceIndex>();

/** Made at the first question after a change of the directory. */
export function placeIndexOf(directory: EstateDirectory): PlaceIndex {
  let index = indexes.get(directory);
  if (!index) indexes.set(directory, (index = new PlaceIndex(directory)));
  return index;
}

/**
 * Each must be found in an entry. Words apart, and Chinese apart from letters that follow it: "6栋xt" is "6栋" and "xt".
 * A number with a stroke ("6-1201") is one part.
 */
function partsOf(query: string): string[] {
  const words = query.normalize('NFKC').toLowerCase().split(/\s+/);
  const apart = words.flatMap((w) => w.split(/(?<=\p{Script=Han})(?=[a-z])|(?<=[a-z])(?=\p{Script=Han})/u));
  return apart.map(normalise).filter((p) => p !== '');
}

/** 0 = the very name; more is worse; null = not meant. */
function scoreOf(entry: Entry, parts: readonly string[]): number | null {
  let worst = 0;
  for (const part of parts) {
    if (!entry.haystack.includes(part)) return null;
    const score = partScore(entry, part);
    if (score === null) return null;
    worst += score;
  }
  return worst;
}

function partScore(entry: Entry, part: string): number | null {
  let best: number | null = null;
  const offer = (score: number): void => {
    if (best === null || score < best) best = score;
  };
  for (const word of entry.words) {
    if (word === part) return 0;
    const at = word.indexOf(part);
    if (at === 0) offer(1 + (word.length - part.length) / 100);
    else if (at > 0) offer(4 + at / 100);
  }
  if (hasHan(part)) return best;
  for (const { syllables, initials } of entry.pinyin) {
    if (initials === part) offer(0.5);
    else if (initials.startsWith(part)) offer(2);
    else if (part.length > 1 && initials.includes(part)) offer(3);
    const at = syllableStart(syllables, part);
    if (at !== null) offer(at === 0 ? 1.5 : 2.5);
  }
  return best;
}

/** Where `part` is spelt in the syllables, from the beginning of one; "xit" finds 西梯, "iti" does not. Null = nowhere. */
function syllableStart(syllables: string, part: string): number | null {
  for (let start = 0; start <= syllables.length; ) {
    let i = start;
    let j = 0;
    while (i < syllables.length && j < part.length && (syllables[i] === ' ' || syllables[i] === part[j])) {
      if (syllables[i] !== ' ') j++;
      i++;
    }
    if (j === part.length) return start;
    const next = syllables.indexOf(' ', start);
    if (next < 0) return null;
    start = next + 1;
  }
  return null;
}

function entriesOf(directory: EstateDirectory, estate: string): Entry[] {
  const keys = new Map<string, PinyinKeys>();
  const keysOf = (zh: string, family = false): PinyinKeys => {
    const known = keys.get(`${family} ${zh}`) ?? pinyinKeys(zh, family);
    keys.set(`${family} ${zh}`, known);
    return known;
  };
  const entry = (
    hit: Partial<PlaceHitView> & Pick<PlaceHitView, 'kind' | 'id' | 'name' | 'place'>,
    rank: number,
    codes: readonly string[] = [],
  ): Entry => {
    const words = [
      ...new Set([hit.place.zh, hit.name.zh, hit.place.en, hit.name.en, hit.id, ...codes].map(normalise)),
    ].filter((w) => w !== '');
    const pinyin = [...new Set([hit.place.zh, hit.name.zh])]
      .filter(hasHan)
      .map((zh) => keysOf(zh, hit.kind === 'person'));
    const spelt = pinyin.flatMap((p) => [p.syllables.replaceAll(' ', ''), p.initials]);
    return {
      hit: { estate, deviceKind: null, building: null, roles: [], phone: null, ...hit },
      ...{ words, pinyin, rank, haystack: [...words, ...spelt].join('\n') },
    };
  };
  const place = (type: 'building' | 'unit' | 'riser' | 'zone', id: string): Names => directory.placeOfSubject({ type, id });
  return [
    ...directory
      .zonesOfEstate(estate)
      .map((z) => entry({ kind: 'zone', id: z.id, name: z.names, place: place('zone', z.id) }, 5)),
    ...directory.buildingsOf(estate).flatMap((b) => [
      entry({ kind: 'building', id: b.id, name: b.names, place: b.names, building: b.id }, 1),
      ...directory
        .risersOf(b.id)
        .map((r) =>
          entry({ kind: 'riser', id: r.id, name: r.names, place: place('riser', r.id), building: b.id }, 4),
        ),
      ...directory
        .unitsOf(b.id)
        .map((u) =>
          entry(
            { kind: 'unit', id: u.id, name: { zh: u.label, en: u.label }, place: place('unit', u.id), building: b.id },
            2,
            unitCodes(b.names.zh, u.label),
          ),
        ),
    ]),
    ...directory
      .devicesOfEstate(estate)
      .filter((d) => d.life !== 'retired')
      .map((d) =>
        entry(
          {
            kind: 'device',
            id: d.id,
            name: { ...d.name },
            place: directory.placeOfDevice(d),
            deviceKind: d.kind,
            building: d.building,
          },
          d.kind === 'elevator' ? 0 : d.kind === 'gate' ? 1 : d.kind === 'water-meter' ? 6 : 3,
        ),
      ),
    ...directory.staffOf(estate).map((p) =>
      entry(
        {
          kind: 'person',
          id: p.username,
          name: p.names,
          place: p.names,
          roles: [...directory.rolesIn(p.username, estate)],
          phone: p.phone,
        },
        3,
      ),
    ),
  ];
}

/** "6-1201", "6栋1201", "61201": the number of the building before that of the unit. */
function unitCodes(building: string, label: string): string[] {
  const number = /\d+/.exec(building.normalize('NFKC'))?.[0];
  return number === undefined ? [] : [`${number}${label}`, `${building}${label}`];
}
