import type { BenchReport } from './bench-report.js';
import type { InfluxBytes } from './production-servers.js';

type Row = Readonly<Record<string, unknown>>;

function table(title: string, rows: readonly Row[], columns: readonly (readonly [string, string])[]): string {
  const cells = rows.map((r) => columns.map(([key]) => shown(r[key])));
  const widths = columns.map(([, head], i) => Math.max(head.length, ...cells.map((c) => c[i]?.length ?? 0)));
  const line = (texts: readonly string[]): string => texts.map((t, i) => t.padStart(widths[i] ?? 0)).join('  ');
  return [title, line(columns.map(([, head]) => head)), ...cells.map(line), ''].join('\n');
}

const shown = (v: unknown): string => {
  if (typeof v === 'number') return Number.isInteger(v) ? String(v) : v.toFixed(v < 100 ? 1 : 0);
  if (typeof v === 'boolean') return v ? 'yes' : 'NO';
  return String(v ?? '–');
};

/** The report for a person. */
export function benchTable(r: BenchReport): string {
  const influx = r['influxBytesPerReading'] as InfluxBytes | null;
  const production = r.profile === 'production';
  const puback = production
    ? 'Profile production. PUBACK of Mosquitto: it has the message, and Steward may not yet; not durable. Paced, open loop'
    : 'Durable PUBACK, paced, open loop';
  const lines = [
    '',
    table(puback, r['steps'] as Row[], [
      ['rate', 'msg/s'],
      ['pubackP50Ms', 'p50 ms'],
      ['pubackP99Ms', 'p99 ms'],
      ['pubackMaxMs', 'max ms'],
      ['unacknowledged', 'unacked'],
      ['sustained', 'sustained'],
      ['commitP99AtMostMs', 'commit p99 ≤ ms'],
      ['storedAfterMs', 'stored after ms'],
      ['notStored', 'not stored'],
      ['serviceCpuPct', 'service %'],
      ['serviceMemoryMiB', 'MiB'],
      ['databaseCpuPct', 'database %'],
      ['databaseMemoryMiB', 'MiB'],
      ['loadCpuPct', 'load %'],
      ['senderLateP99Ms', 'sender late p99'],
    ]),
    'commit: from the arrival of a message at Steward to its commit, bound of the bucket of steward_puback_seconds.',
    'stored after: from the last PUBACK of the step until all of it was committed. Sustained asks for 1 s at most.\n',
    ...(production
      ? [
          table('Servers', r['steps'] as Row[], [
            ['rate', 'msg/s'],
            ...['database', 'redis', 'influx', 'mosquitto'].flatMap((name): (readonly [string, string])[] => [
              [`${name}CpuPct`, `${name} %`],
              [`${name}MemoryMiB`, 'MiB'],
            ]),
          ]),
        ]
      : []),
    table('P1 reading (gate.duress) to the page on the butler’s socket, and on all phones that ring at once', r.page, [
      ['background', 'msg/s beside'],
      ['samples', 'samples'],
      ['p50Ms', 'p50 ms'],
      ['p99Ms', 'p99 ms'],
      ['maxMs', 'max ms'],
      ['phones', 'phones'],
      ['allP50Ms', 'all p50 ms'],
      ['allP99Ms', 'all p99 ms'],
      ['allMaxMs', 'all max ms'],
      ['onFewer', 'not on all'],
      ['lost', 'lost'],
      ['doubled', 'doubled'],
      ['shownTwice', 'shown twice'],
    ]),
    `sustained              ${r.sustainedMsgPerS} msg/s over ${r.connections} connections, ${shown(r['messageBytes'])} bytes each`,
    `bare aedes             ${r.bareAedesMsgPerS} msg/s under the same load; ratio ${shown(r['ratioToBareAedes'])}`,
    `entrapment deadlines   p99 ${shown(r.deadlineLatenessP99Ms)} ms late`,
    `readings               ${shown(r['readings'])} acknowledged, ${r.readingsLost} of them lost`,
    `stored                 ${shown(r.bytesPerReading)} bytes a reading in the database${influx ? `, drained; in InfluxDB's files ${shown(influx.packed)} packed, ${shown(influx.log)} still in its log` : ''}`,
    `detectors              ${Object.entries(r['detectorUsPerReading'] as Record<string, number>)
      .map(([kind, us]) => `${kind} ${us.toFixed(2)} µs`)
      .join(', ')}`,
    `database               fsync ${r.fsync}, synchronous_commit ${r.synchronousCommit}, full_page_writes ${r.fullPageWrites}`,
  ];
  const unexpected = r['unexpectedTickets'] as readonly string[];
  if (unexpected.length) lines.push(`UNEXPECTED TICKETS     ${unexpected.join('; ')}`);
  if (r['quick'] === true) lines.push('(--quick: these figures say only that everything runs)');
  return `${lines.join('\n')}\n`;
}
