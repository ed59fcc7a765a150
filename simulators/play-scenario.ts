import type { Cast } from './casting.js';
import { Playground, type PlaygroundSettings } from './playground.js';
import type { Scenario } from './scenario.js';
import { dueEntries, type TimelineState } from './timeline-player.js';

export interface ScenarioPlaySettings extends Omit<PlaygroundSettings, 'faults'> {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 50;

/** Plays a scenario from its first to its last entry, lingers, and disconnects its devices properly. */
export async function playScenario(scenario: Scenario, cast: Cast, settings: ScenarioPlaySettings): Promise<void> {
  const { say, signal } = settings;
  say(`${scenario.name}. ${scenario.about}`);
  for (const [part, devices] of cast) say(`  ${part}: ${devices.map((d) => d.id).join(', ')}`);
  for (const line of scenario.expect) say(`  to be seen: ${line}`);
  const troubles = new Set<string>();
  const playground = new Playground([...cast.values()].flat(), {
    ...settings,
    faults: scenario.faults,
    onTrouble: (device, message) => {
      const trouble = `${device}: ${message}`;
      if (!troubles.has(trouble)) say(`  ! ${trouble}`);
      troubles.add(trouble);
    },
  });
  try {
    await playground.start();
    await runTimeline(scenario, cast, playground, settings);
    const until = Date.now() + scenario.linger * 1000;
    while (Date.now() < until && !signal.aborted) await pause(LOOK_EVERY_MS);
  } finally {
    await playground.close();
    const { sent, acknowledged, dropped } = playground.counts();
    say(`${sent} messages sent, ${acknowledged} acknowledged${dropped ? `, ${dropped} dropped while away` : ''}`);
  }
}

async function runTimeline(
  scenario: Scenario,
  cast: Cast,
  playground: Playground,
  { say, signal }: ScenarioPlaySettings,
): Promise<void> {
  const begun = Date.now();
  const { time } = playground;
  const modelBegun = time.model(begun);
  let state: TimelineState = { next: 0, lastAt: begun };
  while (state.next < scenario.timeline.length && !signal.aborted) {
    const now = Date.now();
    const modelSeconds = (time.model(now) - modelBegun) / 1000;
    const step = dueEntries(scenario.timeline, state, modelSeconds, now);
    state = step.state;
    for (const { who, directive, note } of step.due) {
      for (const device of cast.get(who) ?? []) playground.direct(device.id, directive);
      say(`  ${((now - begun) / 1000).toFixed(1).padStart(6)} s  ${who}: ${directive.do}${note ? ` (${note})` : ''}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
