import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Load, type StepResult } from './load.js';
import type { LoadDevice } from './load-messages.js';
import { freeLowPort } from './free-low-port.js';

export interface BareAedesResult {
  /** Highest paced step that it sustains. */
  readonly sustainedMsgPerS: number;
  /** One in flight on each connection, as fast as it goes. */
  readonly closedLoopMsgPerS: number;
  readonly steps: readonly StepResult[];
}

export interface BareAedesPlan {
  readonly workers: number;
  readonly rates: readonly number[];
  readonly warmupMs: number;
  readonly measureMs: number;
}

/** The same load against a broker that does nothing. */
export async function measureBareAedes(
  devices: readonly LoadDevice[],
  plan: BareAedesPlan,
  say: (line: string) => void,
): Promise<BareAedesResult> {
  const port = await freeLowPort();
  const file = fileURLToPath(new URL('bare-aedes-process.js', import.meta.url));
  const broker = fork(file, [String(port)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const load = new Load(plan.workers);
  try {
    await new Promise((resolve, reject) => broker.once('message', resolve).once('exit', reject));
    await load.connect('127.0.0.1', port, devices);
    const steps: StepResult[] = [];
    await load.pace({ rate: 2000, warmupMs: 0, measureMs: plan.warmupMs });
    for (const rate of plan.rates) {
      const step = await load.pace({ rate, warmupMs: plan.warmupMs, measureMs: plan.measureMs });
      say(
        `bare aedes at ${rate}/s: PUBACK p99 ${step.pubackP99Ms.toFixed(1)} ms${step.sustained ? '' : ' (not sustained)'}`,
      );
      steps.push(step);
      if (!step.sustained) break;
    }
    const flood = await load.flood(plan.warmupMs, plan.measureMs);
    const sustained = steps.filter((s) => s.sustained).map((s) => s.rate);
    return {
      sustainedMsgPerS: Math.max(0, ...sustained),
      closedLoopMsgPerS: Math.round(flood.acknowledgedPerS),
      steps,
    };
  } finally {
    await load.stop();
    broker.disconnect();
  }
}
