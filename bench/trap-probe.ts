import { readingPayload } from './background-reading.js';
import { DeviceConnection } from './device-connection.js';
import type { Broker } from './duress-probe.js';
import type { LoadDevice } from './load-messages.js';

export interface TrappedLift {
  readonly device: string;
  /** Wall ms of the first reading that shows people shut in between floors. */
  readonly trappedAt: number;
  readonly messages: number;
}

/** domain §4: outside the door zone the entrapment fires after so long. */
export const ENTRAPMENT_HOLD_MS = 30_000;
const SAYS_FOR_MS = 34_000;

const OPEN = {
  mode: 'normal',
  floor: 3,
  direction: 'none',
  speedMps: 0,
  doorZone: true,
  door: 'open',
  peopleInCar: true,
  mainsPower: true,
};
const TRAPPED = { ...OPEN, doorZone: false, door: 'closed' };

/** Each of these lifts traps somebody once, at an instant that we know, spread over the time given. */
export function trapPeople(
  lifts: readonly LoadDevice[],
  broker: Broker,
  startInMs: number,
  overMs: number,
): Promise<TrappedLift[]> {
  return Promise.all(
    lifts.map(async (lift, i) => {
      await pause(startInMs + (i * overMs) / Math.max(1, lifts.length));
      return trapOne(lift, broker);
    }),
  );
}

async function trapOne(lift: LoadDevice, broker: Broker): Promise<TrappedLift> {
  const connection = new DeviceConnection(lift, () => undefined);
  await connection.open(broker.host, broker.port);
  let seq = 0;
  const say = (values: object): void => connection.publish(readingPayload(values, seq++, Date.now()), 0);
  say(OPEN);
  await pause(1000);
  const trappedAt = Date.now();
  for (let i = 0; Date.now() - trappedAt < SAYS_FOR_MS; i++) {
    say(TRAPPED);
    await pause(Math.max(0, trappedAt + (i + 1) * 1000 - Date.now()));
  }
  connection.close();
  return { device: lift.id, trappedAt, messages: seq };
}

const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
