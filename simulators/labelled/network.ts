import type { DecodedReading } from '../../src/telemetry/decode-native.js';
import type { ElevatorValues } from '../../src/telemetry/reading.js';
import type { Random } from '../random.js';

/** What lies between a lift and Steward. Rates are per message; drop-outs per hour. */
export interface NetworkTraits {
  readonly skewMs: number;
  readonly duplicates: number;
  readonly reordering: number;
  readonly dropOutsPerH: number;
  /** Keeps what it could not send and sends it as one message later; otherwise it is lost. */
  readonly buffers: boolean;
}

export function drawNetwork(random: Random): NetworkTraits {
  return {
    skewMs: random.chance(0.5) ? 0 : Math.round(random.between(-600_000, 600_000)),
    duplicates: 0.005,
    reordering: 0.003,
    dropOutsPerH: 1 / 24,
    buffers: random.chance(0.7),
  };
}

export interface Delivery {
  readonly at: number;
  readonly readings: readonly DecodedReading[];
}

const REORDER_MS = 5_000;
const BUFFERED = 500;

/** Numbers, delays, doubles, drops and keeps messages. */
export class Network {
  private seq = 0;
  private outUntil = -Infinity;
  /** Beginning of the last drop-out. */
  lastOutAt = -Infinity;
  private nextOutAt: number;
  private kept: DecodedReading[] = [];
  private underWay: Delivery[] = [];

  constructor(
    readonly traits: NetworkTraits,
    private readonly random: Random,
    startAt: number,
  ) {
    this.nextOutAt = startAt + this.untilOut();
  }

  /** @param at model ms, Steward's clock */
  send(values: ElevatorValues, at: number): void {
    const { traits, random } = this;
    if (at >= this.nextOutAt) {
      this.lastOutAt = at;
      this.outUntil = at + random.between(2_000, 60_000) + (random.chance(0.2) ? random.exponential(240_000) : 0);
      this.nextOutAt = this.outUntil + this.untilOut();
    }
    const reading: DecodedReading = { observedAt: at + traits.skewMs, seq: this.seq++, values };
    if (at < this.outUntil) {
      if (traits.buffers && this.kept.length < BUFFERED) this.kept.push(reading);
      return;
    }
    let readings: readonly DecodedReading[] = [reading];
    if (this.kept.length > 0) {
      readings = [...this.kept, reading];
      this.kept = [];
    }
    const late = random.chance(traits.reordering) ? random.between(100, REORDER_MS) : 0;
    this.put({ at: at + Math.round(late), readings });
    if (random.chance(traits.duplicates)) this.put({ at: at + Math.round(late + random.between(0, 3_000)), readings });
  }

  /** What arrives until then, in order. */
  *arrivals(until: number): Generator<Delivery, void, void> {
    while (this.underWay.length > 0 && (this.underWay[0] as Delivery).at <= until)
      yield this.underWay.shift() as Delivery;
  }

  private put(d: Delivery): void {
    this.underWay.push(d);
    if (this.underWay.length > 1) this.underWay.sort((a, b) => a.at - b.at);
  }

  private untilOut(): number {
    return this.random.exponential(3_600_000 / this.traits.dropOutsPerH);
  }
}
