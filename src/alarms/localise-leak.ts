import { isEmptyUnit, type Occupancy } from '../estate/device.js';
import type { UnitEntry } from '../estate/estate-directory.js';
import type { Names } from '../gateway/views.js';

/*
 * Where does the water come from? (docs/domain.md, "Leak localisation".) The handbook's own trick, see which meter in the
 * cupboard is turning, done in a second: units that could feed the water, by their flow now against their own usual flow
 * for that hour, emptiness first. Pure; litres per hour throughout.
 */

/** A unit that could feed the water, and what its meter says. */
export interface UnitFlow {
  readonly unit: UnitEntry;
  /** Null: it has no meter. */
  readonly meter: string | null;
  /** Null: not known (no meter, or not heard of for too long). */
  readonly nowLph: number | null;
  /** Its usual flow at this hour; null = not known yet. */
  readonly usualLph: number | null;
  /** When its meter was last heard, ms since the epoch. */
  readonly heardAt: number | null;
  /** An alarm of its own meter is open. */
  readonly alarmed: boolean;
}

/** Why it is where it is in the list; the order here is the order of suspicion. */
const GROUNDS = [
  'turns-while-empty',
  'turns-more-than-usual',
  'empty-and-unknown',
  'unknown',
  'turns-as-usual',
  'turns-below-the-water',
] as const;
export type Ground = (typeof GROUNDS)[number];

export interface Suspect {
  readonly flow: UnitFlow;
  readonly ground: Ground;
  readonly reason: Names;
}

export interface WaterPlace {
  /** Where the water was seen; null = only known to be on this riser. */
  readonly floor: number | null;
}

export interface LeakRanking {
  readonly suspects: readonly Suspect[];
  /** Units that the water may have reached, nearest first. */
  readonly below: readonly UnitEntry[];
  /** Units above that must not use water meanwhile, nearest first. */
  readonly above: readonly UnitEntry[];
  readonly notes: readonly Names[];
}

/** (tune) Less than this is a rounding of the register. */
const TURNS_LPH = 0.5;
/** (tune) So much above its usual flow is more than a tap that is open a little longer. */
const EXCESS_LPH = 20;

export function localiseLeak(flows: readonly UnitFlow[], place: WaterPlace): LeakRanking {
  const suspects = flows
    .flatMap((flow): Suspect[] => {
      const ground = groundOf(flow, place);
      return ground === null ? [] : [{ flow, ground, reason: reasonOf(flow, ground) }];
    })
    .sort(bySuspicion(place));
  const first = suspects[0];
  const turning = first !== undefined && first.ground.startsWith('turns') && first.ground !== 'turns-as-usual';
  const source = turning ? first.flow.unit : null;
  const units = flows.map((f) => f.unit);
  const top = source?.floor ?? place.floor;
  return {
    suspects,
    below: nearest(units, top, (floor, from) => floor < from),
    above: nearest(units, place.floor ?? source?.floor ?? null, (floor, from) => floor > from).filter(
      (u) => sharesRiser(u, source) && u !== source,
    ),
    notes: notesOn(flows, turning),
  };
}

const emptyUnit = (f: UnitFlow): boolean => isEmptyUnit(f.unit.occupancy);
const turns = (f: UnitFlow): boolean => f.nowLph !== null && f.nowLph >= TURNS_LPH;
const excess = (f: UnitFlow): number => (f.nowLph ?? 0) - (f.usualLph ?? 0);

function groundOf(f: UnitFlow, place: WaterPlace): Ground | null {
  if (f.nowLph === null) return emptyUnit(f) ? 'empty-and-unknown' : 'unknown';
  if (!turns(f)) return null;
  // Water falls: what turns below it does not feed it.
  if (place.floor !== null && f.unit.floor < place.floor) return 'turns-below-the-water';
  if (emptyUnit(f)) return 'turns-while-empty';
  return f.alarmed || excess(f) > EXCESS_LPH ? 'turns-more-than-usual' : 'turns-as-usual';
}

/** By ground, an alarm of its own first, then by flow beyond the usual, then by nearness to the water, then by label. */
function bySuspicion(place: WaterPlace): (a: Suspect, b: Suspect) => number {
  const distance = (s: Suspect): number => (place.floor === null ? 0 : Math.abs(s.flow.unit.floor - place.floor));
  return (a, b) =>
    GROUNDS.indexOf(a.ground) - GROUNDS.indexOf(b.ground) ||
    Number(b.flow.alarmed) - Number(a.flow.alarmed) ||
    excess(b.flow) - excess(a.flow) ||
    distance(a) - distance(b) ||
    (a.flow.unit.id < b.flow.unit.id ? -1 : 1);
}

const OCCUPANCY_WORDS: Record<Occupancy, Names> = {
  occupied: { zh: '自住', en: 'lived in' },
  leased: { zh: '租住', en: 'let' },
  vacant: { zh: '空置', en: 'vacant' },
  undelivered: { zh: '未交付', en: 'not handed over' },
  renovating: { zh: '装修中', en: 'being renovated' },
  'for-sale': { zh: '待售', en: 'for sale' },
};

function reasonOf(f: UnitFlow, ground: Ground): Names {
  const who = OCCUPANCY_WORDS[f.unit.occupancy];
  const alarm = f.alarmed ? { zh: '，水表已告警', en: ', its meter has an alarm' } : { zh: '', en: '' };
  if (f.nowLph === null) {
    return f.meter === null
      ? { zh: `${who.zh}，无水表，不能排除`, en: `${who.en}, has no meter: cannot be ruled out` }
      : {
          zh: `${who.zh}，水表无近期数据，不能排除${alarm.zh}`,
          en: `${who.en}, nothing recent from its meter: cannot be ruled out${alarm.en}`,
        };
  }
  const now = litres(f.nowLph);
  const usual =
    f.usualLph === null
      ? { zh: '平时此时未知', en: 'usual flow at this hour not known yet' }
      : { zh: `平时此时 ${litres(f.usualLph)} 升/小时`, en: `usually ${litres(f.usualLph)} L/h at this hour` };
  const lower =
    ground === 'turns-below-the-water' ? { zh: '，但在出水点以下', en: ', but below the water' } : { zh: '', en: '' };
  return {
    zh: `${who.zh}，此刻 ${now} 升/小时，${usual.zh}${lower.zh}${alarm.zh}`,
    en: `${who.en}, ${now} L/h now, ${usual.en}${lower.en}${alarm.en}`,
  };
}

const litres = (lph: number): string => (lph < 10 ? lph.toFixed(1).replace(/\.0$/, '') : String(Math.round(lph)));

function nearest(
  units: readonly UnitEntry[],
  from: number | null,
  wanted: (floor: number, from: number) => boolean,
): UnitEntry[] {
  if (from === null) return [];
  return units
    .filter((u) => wanted(u.floor, from))
    .sort((a, b) => Math.abs(a.floor - from) - Math.abs(b.floor - from) || (a.id < b.id ? -1 : 1));
}

/** What drains or draws through the same pipe as the source; unknown pipes are taken as the same, to be safe. */
const sharesRiser = (u: UnitEntry, source: UnitEntry | null): boolean =>
  source === null ||
  u.drainRiser === null ||
  source.drainRiser === null ||
  u.drainRiser === source.drainRiser ||
  u.waterRiser === source.waterRiser;

function notesOn(flows: readonly UnitFlow[], turning: boolean): Names[] {
  const quiet = flows.filter((f) => f.nowLph !== null && !turns(f)).length;
  const notes: Names[] = [];
  if (quiet > 0) notes.push({ zh: `${quiet} 户水表未走字，已排除`, en: `${quiet} meters stand still: ruled out` });
  if (!turning && flows.length > 0)
    notes.push({
      zh: '没有水表异常走字：先查立管、公共管道和屋面雨水',
      en: 'No meter turns oddly: look at the riser itself, common pipes and rain from the roof',
    });
  return notes;
}

/** A meter's readings, oldest first: times in ms since the epoch, the register in m³. */
export interface RegisterReading {
  readonly at: number;
  readonly volumeM3?: number;
  readonly flowLph?: number;
}

/** Mean flow over these readings, L/h: by the register, else as the meter itself tells it; null = too few. */
export function meanFlow(readings: readonly RegisterReading[]): number | null {
  const registers = readings.filter((r) => r.volumeM3 !== undefined);
  const first = registers[0];
  const last = registers.at(-1);
  if (first && last && last.at > first.at) {
    const m3 = (last.volumeM3 ?? 0) - (first.volumeM3 ?? 0);
    // A register that falls was changed or reset: it says nothing of these hours.
    return m3 < 0 ? null : (m3 * 1000) / ((last.at - first.at) / 3_600_000);
  }
  const told = readings.flatMap((r) => r.flowLph ?? []);
  return told.length === 0 ? null : told.reduce((a, b) => a + b, 0) / told.length;
}

/** The middle one: a day with a bath in it does not make a bath usual. Null = fewer than three days are known. */
export function usualFlow(days: readonly (number | null)[]): number | null {
  const known = days.filter((d) => d !== null).sort((a, b) => a - b);
  return known.length < 3 ? null : (known[Math.floor((known.length - 1) / 2)] ?? null);
}
