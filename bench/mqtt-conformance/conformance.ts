import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareAedes, embedded, mosquitto, type BrokerUnderTest } from './brokers.js';
import { readConversations, type Conversation } from './conversations.js';
import { DIFFERENCES } from './differences.js';
import { holdConversation } from './hold-conversation.js';
import { packetCostUs } from './packet-cost.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const OUT = join(ROOT, 'bench', 'out', 'mqtt-conformance.json');
const HELP = `npm run bench:mqtt [-- --only-embedded]
Holds the raw conversations of Mosquitto's own broker tests against the embedded broker, and against Mosquitto and bare
aedes where they are installed. The data is read from STEWARD_DATASETS/mqtt_packet_tests.
`;

interface Outcome {
  readonly id: string;
  readonly suite: string;
  readonly fault: string | null;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** One after the other on one broker, as the data is meant: some build on what those before left behind. */
async function judge(broker: BrokerUnderTest, talks: readonly Conversation[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const talk of talks) {
    const fault = await holdConversation(broker.port, talk).catch((e: Error) => e.message);
    outcomes.push({ id: talk.id, suite: talk.suite, fault });
    if (!(await broker.isAlive())) throw new Error(`${broker.name} does not answer any more after "${talk.id}"`);
  }
  return outcomes;
}

const asExpected = (outcomes: readonly Outcome[]): number => outcomes.filter((o) => o.fault === null).length;

function table(results: ReadonlyMap<string, Outcome[]>): void {
  const names = [...results.keys()];
  const suites = [...new Set([...results.values()].flat().map((o) => o.suite))];
  say(`${'suite'.padEnd(18)}${names.map((n) => n.padStart(14)).join('')}`);
  const line = (label: string, of: (o: Outcome) => boolean): void => {
    const cells = names.map((n) => {
      const these = (results.get(n) ?? []).filter(of);
      return `${asExpected(these)}/${these.length}`.padStart(14);
    });
    say(`${label.padEnd(18)}${cells.join('')}`);
  };
  for (const suite of suites) line(suite, (o) => o.suite === suite);
  line('total', () => true);
}

/** @returns whether every difference is known and every known one is there */
function judgeDifferences(outcomes: readonly Outcome[]): boolean {
  let good = true;
  const differing = outcomes.filter((o) => o.fault !== null);
  say('\ndifferences of the embedded broker:');
  for (const { id, fault } of differing) {
    const reason = DIFFERENCES[id];
    good &&= reason !== undefined;
    say(`- ${id}: ${fault}\n    ${reason ?? 'NOT LISTED in bench/mqtt-conformance/differences.ts'}`);
  }
  for (const id of Object.keys(DIFFERENCES)) {
    if (!differing.some((o) => o.id === id)) say(`- ${id}: listed, and as expected now: take it off the list`);
  }
  return good;
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return say(HELP);
  const folder = resolve(process.env['STEWARD_DATASETS'] ?? join(ROOT, '..', 'shared', 'data'), 'mqtt_packet_tests');
  await access(folder).catch(() => {
    throw new Error(`${folder} is not there. Set STEWARD_DATASETS to the folder that holds mqtt_packet_tests.`);
  });
  const talks = await readConversations(folder);
  const ours = talks.filter((t) => t.version < 5);
  const later = talks.filter((t) => t.version >= 5);
  const results = new Map<string, Outcome[]>();
  const starters = process.argv.includes('--only-embedded') ? [embedded] : [embedded, mosquitto, bareAedes];
  for (const start of starters) {
    const broker = await start();
    if (!broker) {
      say('mosquitto is not installed: not compared');
      continue;
    }
    try {
      results.set(broker.name, await judge(broker, ours));
      if (broker.name === 'embedded') {
        // MQTT 5 is refused; what counts is that nothing of it does any harm.
        await judge(broker, later);
        say(`${later.length} conversations in MQTT 5: refused, the broker goes on\n`);
      }
    } finally {
      await broker.stop();
    }
  }
  table(results);
  const good = judgeDifferences(results.get('embedded') ?? []);
  const cost = packetCostUs();
  say(
    `\none PUBLISH: ${cost.judged.toFixed(2)} µs read and judged here, ${cost.mqttPacket.toFixed(2)} µs in mqtt-packet's parser alone`,
  );
  const report = {
    at: new Date().toISOString(),
    conversations: talks.length,
    judged: ours.length,
    packetCostUs: cost,
    asExpected: Object.fromEntries([...results].map(([name, outcomes]) => [name, asExpected(outcomes)])),
    differences: Object.fromEntries(
      [...results].map(([name, outcomes]) => [name, outcomes.filter((o) => o.fault !== null)]),
    ),
  };
  await mkdir(dirname(OUT), { recursive: true });
  await writeFile(OUT, `${JSON.stringify(report, null, 2)}\n`);
  say('written to bench/out/mqtt-conformance.json');
  if (!good) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
