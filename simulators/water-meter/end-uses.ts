import type { Random } from '../random.js';

/** One opening of a tap: from when to when (ms since local midnight), and how much, litres. */
export interface WaterUse {
  readonly fromMs: number;
  readonly toMs: number;
  readonly litres: number;
}

interface EndUse {
  readonly perPersonDay: number;
  readonly litres: readonly [number, number];
  readonly flowLph: readonly [number, number];
  /** Hours of the day at which it happens, as often as it happens there. */
  readonly hours: readonly number[];
}

const ROUND_THE_DAY = [0, 2, 6, 6, 7, 7, 8, 9, 11, 12, 13, 15, 17, 18, 18, 19, 20, 21, 21, 22, 22, 23];

/** What a household draws water for (orders of magnitude of the residential end-use studies; litres as in a Chinese flat). */
const END_USES: readonly EndUse[] = [
  { perPersonDay: 5, litres: [4, 6], flowLph: [300, 420], hours: ROUND_THE_DAY }, // toilet
  { perPersonDay: 0.8, litres: [35, 65], flowLph: [420, 540], hours: [7, 19, 20, 20, 21, 21, 22, 22] }, // shower
  { perPersonDay: 7, litres: [0.8, 3], flowLph: [180, 300], hours: ROUND_THE_DAY }, // basin
  { perPersonDay: 2.5, litres: [4, 12], flowLph: [240, 360], hours: [7, 11, 12, 12, 18, 18, 19] }, // kitchen
  { perPersonDay: 0.15, litres: [45, 60], flowLph: [450, 600], hours: [9, 10, 15, 19, 20] }, // washing machine
];

const DAY_MS = 86_400_000;

/** The openings of one day of one household, in order of their beginning. */
export function usesOfDay(persons: number, random: Random): WaterUse[] {
  const uses: WaterUse[] = [];
  for (const use of END_USES) {
    const mean = use.perPersonDay * persons;
    const count = Math.floor(mean) + (random.chance(mean % 1) ? 1 : 0);
    for (let i = 0; i < count; i++) {
      const litres = random.between(...use.litres);
      const durationMs = (litres / random.between(...use.flowLph)) * 3_600_000;
      const fromMs = Math.min((random.pick(use.hours) + random.next()) * 3_600_000, DAY_MS - durationMs);
      uses.push({ fromMs, toMs: fromMs + durationMs, litres });
    }
  }
  return uses.sort((a, b) => a.fromMs - b.fromMs);
}
