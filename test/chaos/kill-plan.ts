import { Random } from '../../simulators/random.js';

/** Whom a kill -9 hits. `while-starting`: everything, before it has come to be ready. */
export type Victim = 'everything' | 'while-starting' | 'service' | 'database';
/** What is being done in that instant. */
export type Aim = 'hold' | 'puback' | 'escalation' | 'any';

export interface PlannedKill {
  readonly victim: Victim;
  readonly aim: Aim;
  /** Where in the aimed-at stretch of time, [0, 1). */
  readonly where: number;
  /** It is left alone for longer than law 4 allows a deadline to wait after a restart. */
  readonly leavesTime: boolean;
  readonly databaseFirst: boolean;
}

const AIMS: readonly Aim[] = ['puback', 'hold', 'escalation', 'puback', 'any'];

/** The same seed plans the same kills; when exactly they fall depends on the machine too. */
export function planKills(seed: number, count: Readonly<Record<Victim, number>>): PlannedKill[] {
  const random = Random.for(seed, 'kills');
  const victims = (Object.keys(count) as Victim[]).flatMap((v) => Array.from({ length: count[v] }, () => v));
  for (let i = victims.length - 1; i > 0; i--) {
    const j = random.whole(0, i);
    [victims[i], victims[j]] = [victims[j] as Victim, victims[i] as Victim];
  }
  // One that is killed while starting needs a start before it.
  const first = victims.findIndex((v) => v === 'everything');
  victims.unshift(...victims.splice(first, 1));
  return victims.map((victim, i) => ({
    victim,
    aim: AIMS[i % AIMS.length] as Aim,
    where: random.next(),
    leavesTime: i % 3 === 2,
    databaseFirst: random.chance(0.5),
  }));
}
