// The service as it is (dist/), on a database that is already running, with a clock that a test may set forward:
// node steward-process.mjs, with an IPC channel. Told {advance: ms} it answers {advanced: now}.
import 'reflect-metadata';
import { loadEnvironment } from '../../dist/src/config/environment.js';
import { SystemClock } from '../../dist/src/platform/system-clock.js';
import { startSteward } from '../../dist/src/steward.js';

class AdvanceableClock extends SystemClock {
  ahead = 0;
  /** Clock ms that pass in one real ms. */
  rate = 1;
  ratedFrom = performance.now();
  now() {
    return Math.round(super.now() + this.ahead + (performance.now() - this.ratedFrom) * (this.rate - 1));
  }
}

const clock = new AdvanceableClock();
const { environment } = loadEnvironment(process.env);
clock.rate = Number(process.env.TEST_CLOCK_RATE ?? 1);
clock.ahead = Number(process.env.TEST_CLOCK_AHEAD_MS ?? 0);

let steward;
const end = async (code) => {
  await steward?.stop();
  process.exit(code);
};
process.on('message', (message) => {
  if (typeof message?.advance === 'number') {
    clock.ahead += message.advance;
    process.send({ type: 'advanced', now: clock.now() });
  }
});
process.on('SIGTERM', () => void end(0));
process.on('disconnect', () => void end(0));
try {
  steward = await startSteward(environment, environment.database.url, () => undefined, clock);
  process.send({ type: 'ready', http: steward.http, mqtt: steward.mqtt, moreMqtt: steward.moreMqtt });
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
