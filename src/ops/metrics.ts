import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Why a message from outside was turned away. Created at 0, so that the first one shows as a rise. */
export const KNOWN_REJECT_REASONS = [
  'bad-login',
  'foreign-topic',
  'malformed-json',
  'invalid-reading',
  'too-large',
  'unknown-device',
  'retired-device',
  'bad-row',
  'history-refused',
  'protocol-violation',
  'packet-too-large',
  'message-flood',
  'slow-client',
  'connection-limit',
  'login-timeout',
  'unsolicited-acknowledgement',
  'unknown-code',
  'not-handled',
] as const;

/** Why readings that had been accepted are not in the history. */
const DROP_REASONS = ['outbox-full'] as const;

/** Our targets lie between 5 ms (a commit) and 15 s (ready again after a crash). Seconds. */
const LATENCY_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60];
/** Dispatch scans every 0.25 s and must serve ≤ 2 s after due, ≤ 5 s after a restart (law 4). Seconds. */
const LATENESS_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300];

const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
  new Counter({ name: `steward_${name}`, help, labelNames, registers: [] });
const gauge = <L extends string = never>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
  new Gauge({ name: `steward_${name}`, help, labelNames, registers: [] });
const histogram = <L extends string = never>(
  name: string,
  help: string,
  buckets: number[],
  ...labelNames: L[]
): Histogram<L> => new Histogram({ name: `steward_${name}`, help, buckets, labelNames, registers: [] });

/** What Steward counts of itself (law 11: every drop, skip, merge and suppression has a counter with its reason). */
@Injectable()
export class Metrics implements OnModuleInit, OnModuleDestroy {
  readonly registry = new Registry();
  private readonly loopDelay = monitorEventLoopDelay({ resolution: 10 });

  readonly readings = counter('readings_total', 'Readings accepted and committed.', 'kind');
  readonly rejectedMessages = counter(
    'rejected_messages_total',
    'Logins, topics and messages turned away, by reason.',
    'reason',
  );
  readonly bridgeStatements = counter(
    'bridge_statements_total',
    'What bridges said, by dialect and what became of it.',
    'dialect',
    'outcome',
  );
  readonly duplicates = counter('duplicates_total', 'Readings that had been accepted before.');
  readonly overtaken = counter('overtaken_total', 'Readings that a newer one of the same device had overtaken.');
  readonly checkpointGaps = counter(
    'checkpoint_gaps_total',
    'Devices whose slow windows miss the last minutes before a restart.',
  );
  readonly deviceAsks = counter(
    'device_asks_total',
    'What devices were asked to do (an announcement, a buzzer): sent, or why not.',
    'command',
    'outcome',
  );
  readonly batches = counter('batches_total', 'Batches of readings committed.');
  readonly batchSeconds = histogram('batch_seconds', 'From the close of a batch to its commit.', LATENCY_BUCKETS);
  readonly pubackSeconds = histogram('puback_seconds', 'From the arrival of a publish to its PUBACK.', LATENCY_BUCKETS);
  readonly ingestQueue = gauge('ingest_queue', 'Messages that wait for their batch to commit.');

  readonly historyWaitingRows = gauge(
    'history_waiting_rows',
    'Commits whose readings wait to be packed or written to InfluxDB.',
  );
  readonly historyWaitingReadings = gauge(
    'history_waiting_readings',
    'Readings that wait to be packed or written to InfluxDB.',
  );
  readonly historyWaitingBytes = gauge('history_waiting_bytes', 'Room that they take in the database.');
  readonly historyWaitingSeconds = gauge('history_waiting_seconds', 'Since the oldest of them was committed.');
  readonly historyFailures = counter(
    'history_failures_total',
    'Tries to pack or write readings that failed; they are repeated.',
  );
  readonly historyDropped = counter(
    'history_dropped_readings_total',
    'Readings that the history has lost, by reason.',
    'reason',
  );

  readonly findings = counter('findings_total', 'What detectors found.', 'event', 'kind');
  readonly suppressed = counter('suppressed_total', 'Findings and pages withheld, by reason.', 'reason');
  readonly alarms = counter('alarms_total', 'Alarms raised.', 'event');
  readonly tickets = counter('tickets_total', 'Tickets opened.', 'event');
  readonly pages = counter('pages_total', 'Pages that came to this state.', 'state');
  readonly channelSends = counter(
    'channel_sends_total',
    'Sends by carriers (web push, webhook, mail), by what came of them.',
    'channel',
    'outcome',
  );
  readonly deadLetters = counter(
    'dead_letters_total',
    'Pages that a carrier would not take, after all tries.',
    'channel',
  );
  readonly pageSeconds = histogram('page_seconds', 'From the finding to the page sent.', LATENCY_BUCKETS);

  readonly deadlineLateness = histogram(
    'deadline_lateness_seconds',
    'How long after it was due a deadline was served.',
    LATENESS_BUCKETS,
    'kind',
  );
  readonly unservedDeadlines = gauge('unserved_deadlines', 'Deadlines overdue that nobody has served.');
  readonly workDone = counter(
    'work_done_total',
    'Outbound work (page repeats) of which nothing is left to do.',
    'queue',
  );
  readonly workFedAgain = counter('work_fed_again_total', 'Open work handed to the queue again: it may have lost it.');
  readonly workWithoutQueue = counter(
    'work_without_queue_total',
    'Tries made by the service itself because the queue took no work.',
  );
  readonly devicesConnected = gauge('devices_connected', 'Devices with an MQTT session.');
  readonly sequenceGaps = counter(
    'sequence_gaps_total',
    'Readings that a device numbered and that never came: lost before Steward, by the device or by a broker.',
    'kind',
  );
  readonly brokerConnected = gauge('broker_connected', 'External broker: 1 while Steward is connected to it.');
  readonly brokerConnections = counter('broker_connections_total', 'External broker: connections made.', 'session');
  readonly brokerHeldPubacks = gauge('broker_held_pubacks', 'External broker: messages that wait for their commit.');
  readonly brokerDropped = gauge('broker_dropped_messages', 'External broker: messages that it says it has dropped.');
  readonly brokerCredentialsPending = gauge(
    'broker_credentials_pending',
    'External broker: devices whose login it still has to be told.',
  );
  readonly deviceTokensMissing = gauge(
    'device_tokens_missing',
    'Devices that an external broker cannot be told of, for their token was not kept or does not open.',
  );
  readonly webhookTries = counter(
    'webhook_tries_total',
    'Events told to webhooks: delivered, to be told again, given up (dead), or wanted no more (gone).',
    'outcome',
  );
  readonly heartbeats = counter(
    'heartbeats_total',
    'Every minute: the heartbeat outside was sent, failed on the way, or was withheld because a part cannot work.',
    'outcome',
  );
  private readonly eventLoopLag = gauge(
    'event_loop_lag_seconds',
    'Delay of the event loop since the last scrape.',
    'quantile',
  );

  constructor() {
    for (const metric of Object.values(this)) {
      if (metric instanceof Counter || metric instanceof Gauge || metric instanceof Histogram) {
        this.registry.registerMetric(metric);
      }
    }
    for (const reason of KNOWN_REJECT_REASONS) this.rejectedMessages.inc({ reason }, 0);
    for (const reason of DROP_REASONS) this.historyDropped.inc({ reason }, 0);
  }

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    this.loopDelay.enable();
  }

  onModuleDestroy(): void {
    this.loopDelay.disable();
  }

  /** The Prometheus text format, version 0.0.4. */
  async text(): Promise<string> {
    for (const quantile of [0.5, 0.99, 1]) {
      const nanoseconds = this.loopDelay.count > 0 ? this.loopDelay.percentile(quantile * 100) : 0;
      this.eventLoopLag.set({ quantile: String(quantile) }, nanoseconds / 1e9);
    }
    this.loopDelay.reset();
    return this.registry.metrics();
  }
}
