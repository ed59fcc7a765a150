import type { UnitFlow } from '../alarms/localise-leak.js';
import { meanFlow, usualFlow, type RegisterReading } from '../alarms/localise-leak.js';
import { isEmptyUnit, type Device } from '../estate/device.js';
import type { UnitEntry } from '../estate/estate-directory.js';
import { days, hours, minutes } from '../kernel/durations.js';
import type { History } from '../telemetry/history.port.js';

/** (tune) Long enough for a step of the register, short enough to be now. */
const NOW_MS = minutes(5);
/** In an empty unit anything in the last hour counts: a drip shows one step in a while. */
const EMPTY_NOW_MS = hours(1);
/** Two readings must fit, whatever the interval, and one may be late. */
const INTERVALS = 2.5;
/** The same hour of so many days before is what is usual. */
const USUAL_DAYS = 7;
const USUAL_HALF_MS = minutes(30);
const AT_A_TIME = 4;

/** Flows of a riser's units, out of the history. What is usual is worked out once an hour and meter. */
export class RiserFlows {
  private readonly usual = new Map<string, { hour: number; lph: number | null }>();

  constructor(private readonly history: History) {}

  /** @param meterOf the unit's water meter @param now steady ms */
  async of(
    units: readonly UnitEntry[],
    meterOf: (unit: UnitEntry) => Device | undefined,
    alarmed: ReadonlySet<string>,
    now: number,
  ): Promise<UnitFlow[]> {
    const flows: UnitFlow[] = [];
    for (let i = 0; i < units.length; i += AT_A_TIME) {
      const some = units.slice(i, i + AT_A_TIME);
      flows.push(...(await Promise.all(some.map((u) => this.one(u, meterOf(u), alarmed, now)))));
    }
    return flows;
  }

  private async one(
    unit: UnitEntry,
    meter: Device | undefined,
    alarmed: ReadonlySet<string>,
    now: number,
  ): Promise<UnitFlow> {
    if (!meter || meter.life === 'retired')
      return { unit, meter: null, nowLph: null, usualLph: null, heardAt: null, alarmed: false };
    const wait = meter.attributes.expectedIntervalS * 1000 * INTERVALS;
    const short = Math.max(NOW_MS, wait);
    const long = isEmptyUnit(unit.occupancy) ? Math.max(EMPTY_NOW_MS, wait) : short;
    const readings = await this.readings(meter.id, now - long, now + minutes(1));
    const recent = meanFlow(readings.filter((r) => r.at >= now - short));
    const lately = long > short ? meanFlow(readings) : null;
    return {
      unit,
      meter: meter.id,
      nowLph: recent === null ? lately : Math.max(recent, lately ?? 0),
      usualLph: await this.usually(meter.id, now),
      heardAt: readings.at(-1)?.at ?? null,
      alarmed: alarmed.has(meter.id),
    };
  }

  private async usually(meter: string, now: number): Promise<number | null> {
    const hour = Math.floor(now / hours(1));
    const known = this.usual.get(meter);
    if (known?.hour === hour) return known.lph;
    const before: (number | null)[] = [];
    for (let d = 1; d <= USUAL_DAYS; d++) {
      const then = now - days(d);
      before.push(meanFlow(await this.readings(meter, then - USUAL_HALF_MS, then + USUAL_HALF_MS)));
    }
    const lph = usualFlow(before);
    this.usual.set(meter, { hour, lph });
    return lph;
  }

  private async readings(meter: string, from: number, to: number): Promise<RegisterReading[]> {
    const { items } = await this.history.readings(meter, from, to, Infinity);
    return items.flatMap(({ at, values }) => {
      // An estimated read is nobody's measurement.
      if (values['estimated'] === true) return [];
      const { volumeM3, flowLph } = values;
      return [
        {
          at,
          ...(typeof volumeM3 === 'number' ? { volumeM3 } : {}),
          ...(typeof flowLph === 'number' ? { flowLph } : {}),
        },
      ];
    });
  }
}
