import type { PlaceHitView } from '../gateway/by-hand-views.js';
import type { EstateDirectory } from './estate-directory.js';
import { hasHan, normalise } from './pinyin-keys.js';
import { keysOf, placesOf, type PlaceKeys } from './place-keys.js';

const MOST = 20;
/** So many are prepared before everything else has its turn: some milliseconds. */
const AT_ONCE = 200;

interface Entry {
  readonly hit: PlaceHitView;
  readonly keys: PlaceKeys;
  /** Among equally good ones: lifts and buildings before meters, then as the estate lists them. */
  readonly order: number;
}
interface Found {
  readonly entry: Entry;
  readonly score: number;
}

/**
 * Finds places, devices and people by a few letters: part of the Chinese or English name, pinyin, its initials, a unit's
 * number in any of its spellings, an id. A query looks at every entry of the estates.
 */
export class PlaceIndex {
  private readonly byEstate = new Map<string, Entry[]>();
  private readonly keys = new Map<string, PlaceKeys>();

  private constructor() {}

  /**
   * Prepared a few hundred at a time, `pause` in between, because pages must not wait for it.
   * @param previous what has the same names there is not prepared anew
   */
  static async of(
    directory: EstateDirectory,
    pause: () => Promise<void>,
    previous: PlaceIndex | null = null,
  ): Promise<PlaceIndex> {
    const index = new PlaceIndex();
    let made = 0;
    for (const { id } of directory.estates()) {
      const entries: Entry[] = [];
      index.byEstate.set(id, entries);
      for (const place of placesOf(directory, id)) {
        const name = `${place.hit.kind} ${place.hit.id} ${place.hit.place.zh} ${place.hit.place.en} ${place.hit.name.zh}`;
        const keys = previous?.keys.get(name) ?? keysOf(place);
        index.keys.set(name, keys);
        entries.push({ hit: place.hit, keys, order: place.rank * 1e7 + made });
        if (++made % AT_ONCE === 0) await pause();
      }
    }
    return index;
  }

  /** The likeliest first, at most 20. */
  search(query: string, estates: readonly string[]): PlaceHitView[] {
    const parts = partsOf(query);
    if (parts.length === 0) return [];
    const best: Found[] = [];
    for (const estate of estates)
      for (const entry of this.byEstate.get(estate) ?? []) {
        const score = scoreOf(entry.keys, parts);
        if (score !== null) keep(best, { entry, score });
      }
    return best.map(({ entry }) => entry.hit);
  }
}

/** The best twenty in order; most of thousands that a single digit finds are left at a glance. */
function keep(best: Found[], found: Found): void {
  const isBetter = (a: Found, b: Found): boolean =>
    a.score < b.score || (a.score === b.score && a.entry.order < b.entry.order);
  const last = best.at(-1);
  if (best.length >= MOST && last && !isBetter(found, last)) return;
  let at = best.length;
  while (at > 0 && isBetter(found, best[at - 1] as Found)) at--;
  best.splice(at, 0, found);
  if (best.length > MOST) best.pop();
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
function scoreOf(keys: PlaceKeys, parts: readonly string[]): number | null {
  let sum = 0;
  for (const part of parts) {
    if (!keys.haystack.includes(part)) return null;
    const score = partScore(keys, part);
    if (score === null) return null;
    sum += score;
  }
  return sum;
}

function partScore(keys: PlaceKeys, part: string): number | null {
  let best = Infinity;
  for (const word of keys.words) {
    if (word === part) return 0;
    if (word.startsWith(part)) best = Math.min(best, 1 + (word.length - part.length) / 100);
  }
  const han = hasHan(part);
  if (!han)
    for (const { initials } of keys.pinyin) {
      if (initials === part) return 0.5;
      if (initials.startsWith(part)) best = Math.min(best, 2);
    }
  // One letter or digit is somewhere in everything: only what begins with it is meant.
  if (part.length > 1 || han) {
    if (!han && best > 1.5) best = Math.min(best, spelt(keys, part, best));
    if (best > 4) for (const word of keys.words) best = Math.min(best, inside(word, part));
  }
  return best === Infinity ? null : best;
}

const inside = (word: string, part: string): number => {
  const at = word.indexOf(part);
  return at < 0 ? Infinity : 4 + at / 100;
};

function spelt(keys: PlaceKeys, part: string, known: number): number {
  let best = known;
  for (const { syllables, initials } of keys.pinyin) {
    const at = syllableStart(syllables, part);
    if (at !== null) best = Math.min(best, at === 0 ? 1.5 : 2.5);
    else if (best > 3 && initials.includes(part)) best = 3;
  }
  return best;
}

/** Where `part` is spelt in the syllables, from the beginning of one; "xit" finds 西梯, "iti" does not. Null = nowhere. */
function syllableStart(syllables: string, part: string): number | null {
  for (let start = 0; start <= syllables.length;) {
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
