import type { Foundation } from '../platform/foundation.module.js';
import type { EstateTransactions } from '../platform/estate-transaction.js';
import type { Metrics } from '../ops/metrics.js';
import type { History } from '../telemetry/history.port.js';
import type { LiveValues } from '../telemetry/live-values.js';
import type { RejectLog } from '../telemetry/reject-log.js';
import type { AlarmEndings } from './alarm-endings.js';
import { BatchWriter } from './batch-writer.js';
import type { DeviceAsks } from './device-asks.js';
import type { EmergencyFlow } from './emergency-flow.js';
import { Intake } from './intake.js';
import { Watch } from './watch.js';

export const WATCH_AND_INTAKE = Symbol('WatchAndIntake');

export interface WatchAndIntake {
  readonly watch: Watch;
  readonly intake: Intake;
}

/** Rules and commits tell each other: inputs go one way, committed findings and stalls the other. Tied here, once. */
export function watchAndIntake(
  f: Foundation,
  transactions: EstateTransactions,
  flow: EmergencyFlow,
  live: LiveValues,
  metrics: Metrics,
  rejects: RejectLog,
  endings: AlarmEndings,
  history: History,
  asks: DeviceAsks,
): WatchAndIntake {
  const watch = new Watch(f.database, f.clock, metrics, history, () => intake);
  const intake: Intake = new Intake(
    {
      writer: new BatchWriter(f.databaseUrl),
      transactions,
      flow,
      live,
      metrics,
      clock: f.clock,
      onBadRow: (entry, error) => {
        const device = entry.lane.device();
        rejects.reject(
          { reason: 'bad-row', detail: error.message },
          { estate: entry.lane.estate, device: device?.id ?? null },
          Buffer.from(JSON.stringify(entry.readings.map((r) => r.reading)).slice(0, 1024)),
        );
        watch.undo(entry);
      },
      onResumed: () => watch.resume(),
      onFindings: (lane, findings) => watch.onFindings(lane, findings),
      onAsks: (lane, wanted) => {
        const device = lane.device();
        if (device) void asks.ask(device, wanted);
      },
    },
    { batchRows: f.batch.rows, batchMs: f.batch.ms },
  );
  endings.onEnded(({ subject, device, event, at }) => watch.ended(subject, device, event, at));
  return { watch, intake };
}
