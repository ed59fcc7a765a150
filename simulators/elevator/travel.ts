/** Where a car is on its way and how fast, at a moment of a travel. */
export interface Motion {
  /** Metres above the lowest landing. */
  readonly positionM: number;
  /** Signed, up is positive. */
  readonly speedMps: number;
}

/** A travel from standstill to standstill, jerk left out. Times in ms, lengths in m. */
export interface Travel {
  readonly startedAt: number;
  readonly fromM: number;
  readonly toM: number;
  readonly limitMps: number;
  readonly accelerationMps2: number;
}

interface Shape {
  readonly topMps: number;
  readonly rampS: number;
  readonly totalS: number;
}

function shapeOf({ fromM, toM, limitMps, accelerationMps2 }: Travel): Shape {
  const distance = Math.abs(toM - fromM);
  // A short hop never reaches the rated speed: it turns from speeding up to braking half-way.
  const topMps = Math.min(limitMps, Math.sqrt(distance * accelerationMps2));
  const rampS = topMps / accelerationMps2;
  const cruiseS = topMps > 0 ? Math.max(0, distance - topMps * rampS) / topMps : 0;
  return { topMps, rampS, totalS: 2 * rampS + cruiseS };
}

export const arrivalOf = (travel: Travel): number => travel.startedAt + Math.round(shapeOf(travel).totalS * 1000);

/** Closed form instead of integration: exact for any step, so a limit is never exceeded by rounding. */
export function motionAt(travel: Travel, now: number): Motion {
  const { topMps, rampS, totalS } = shapeOf(travel);
  const distance = Math.abs(travel.toM - travel.fromM);
  const sign = Math.sign(travel.toM - travel.fromM);
  const t = (now - travel.startedAt) / 1000;
  if (t <= 0) return { positionM: travel.fromM, speedMps: 0 };
  if (t >= totalS) return { positionM: travel.toM, speedMps: 0 };
  const a = travel.accelerationMps2;
  if (t < rampS) return { positionM: travel.fromM + sign * 0.5 * a * t * t, speedMps: sign * a * t };
  const left = totalS - t;
  if (left < rampS) {
    return { positionM: travel.fromM + sign * (distance - 0.5 * a * left * left), speedMps: sign * a * left };
  }
  return { positionM: travel.fromM + sign * (0.5 * a * rampS * rampS + topMps * (t - rampS)), speedMps: sign * topMps };
}

/** A car that is braked where it is: from this motion to standstill. */
export interface Braking {
  readonly startedAt: number;
  readonly fromM: number;
  readonly speedMps: number;
  readonly decelerationMps2: number;
}

export const standstillOf = (b: Braking): number =>
  b.startedAt + Math.round((Math.abs(b.speedMps) / b.decelerationMps2) * 1000);

export function brakingAt(b: Braking, now: number): Motion {
  const stopS = Math.abs(b.speedMps) / b.decelerationMps2;
  const t = Math.min(Math.max(0, (now - b.startedAt) / 1000), stopS);
  const sign = Math.sign(b.speedMps);
  return {
    positionM: b.fromM + b.speedMps * t - sign * 0.5 * b.decelerationMps2 * t * t,
    speedMps: b.speedMps - sign * b.decelerationMps2 * t,
  };
}
