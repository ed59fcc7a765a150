import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { forgetOldKeys } from './access/idempotency-store.js';
import { openTokenVault, TokenVault } from './access/token-vault.js';
import { configureHttpEdge } from './access/http/http-edge.js';
import { AppModule } from './app.module.js';
import type { Environment } from './config/environment.js';
import { DirectoryHolder } from './estate/directory-holder.js';
import { importEstate } from './estate/import-estate.js';
import { loadDirectory } from './estate/load-directory.js';
import { readEstateFile } from './estate/read-estate-file.js';
import { ChangeFeed } from './gateway/change-feed.js';
import { LiveBroadcast } from './gateway/live-broadcast.js';
import { serveOpenApi } from './gateway/openapi.js';
import { servePages } from './gateway/serve-pages.js';
import { DomainError } from './kernel/domain-error.js';
import { createLogger, NestLogger } from './ops/logger.js';
import { Heartbeat } from './ops/heartbeat.js';
import { Metrics } from './ops/metrics.js';
import { Readiness } from './ops/readiness.js';
import { PageDelivery } from './paging/page-delivery.js';
import { ReachBook } from './paging/channels/reach-book.js';
import { BullmqWorkQueue } from './platform/bullmq-work-queue.js';
import { createDatabase, createPool, warmUp } from './platform/database.js';
import { EstateTransactions } from './platform/estate-transaction.js';
import { databaseUrls } from './platform/database-urls.js';
import { NodeOutboundHttp } from './platform/outbound-http.js';
import { PostgresWorkStore } from './platform/postgres-work-store.js';
import { prepareDatabase } from './platform/prepare-database.js';
import { RedisWorkStore } from './platform/redis-work-store.js';
import { forgetOldReceipts } from './platform/transaction-receipts.js';
import { SystemClock } from './platform/system-clock.js';
import { PdfThread } from './reports/pdf/pdf-thread.js';
import { PICTURE_STORE, PictureFolder } from './reports/rescue/picture-store.js';
import { HistoryUpkeep } from './telemetry/history/history-upkeep.js';
import { RightOfWay } from './telemetry/history/right-of-way.js';
import type { DeviceBroker, Urgency } from './telemetry/device-broker.port.js';
import { createEmbeddedBroker, listenSecurely } from './telemetry/embedded-broker/create-embedded-broker.js';
import { openExternalBroker } from './workflow/open-external-broker.js';
import type { Profile } from './telemetry/profiles/compile-profile.js';
import { ProfileBook } from './telemetry/profiles/profile-book.js';
import { RejectLog } from './telemetry/reject-log.js';
import { EvidenceStore } from './tickets/evidence/evidence-store.js';
import { UnclaimedDevices } from './telemetry/unclaimed-devices.js';
import { Afterwards } from './workflow/afterwards/afterwards.js';
import { BridgeTraffic } from './workflow/bridge-traffic.js';
import { ClockStep } from './workflow/clock-step.js';
import { DeadlineService } from './workflow/deadline-service.js';
import { DeviceAsks } from './workflow/device-asks.js';
import { DeviceCommands } from './workflow/device-commands.js';
import { DeviceDesk } from './workflow/device-desk.js';
import { Announcements, DirectoryRefresh } from './workflow/directory-refresh.js';
import { Intake } from './workflow/intake.js';
import { JobLinks } from './workflow/job-links.js';
import { LeakLocalisation } from './workflow/leak-localisation.js';
import { NoticeDelivery } from './workflow/notices/notice-delivery.js';
import { NOTICE_DELIVERY } from './workflow/notices/notice-desk.js';
import { ReplayJobs } from './workflow/replay/replay-jobs.js';
import { OutboxRelay } from './workflow/outbox-relay.js';
import { CHANNEL_QUEUE, ChannelSender } from './workflow/page-channels/channel-sender.js';
import { setUpChannels } from './workflow/page-channels/set-up-channels.js';
import { PageReceipts } from './workflow/page-receipts.js';
import { ProcedureLoading } from './workflow/procedures/procedure-loading.js';
import { Watch } from './workflow/watch.js';
import { WebhookPump } from './workflow/webhooks/webhook-pump.js';
import { WEBHOOK_REPLAY, WebhookReplay } from './workflow/webhooks/webhook-replay.js';

export interface RunningSteward {
  readonly http: string;
  readonly mqtt: string;
  /** Addresses of the TLS and WebSocket listeners, where they are switched on. */
  readonly moreMqtt: readonly string[];
  /** Drains: no new messages, everything taken in is committed and answered, then all is closed. */
  stop(): Promise<void>;
}

/** Ready-made device profiles: the program runs from dist/src. */
const PROFILES = join(import.meta.dirname, '../../config/profiles');
/** Emergencies of one estate follow each other at its head; a few connections serve many estates. */
const EMERGENCY_CONNECTIONS = 8;
/** A commit takes milliseconds: one that takes this long is given up, looked up on another connection and tried again. */
const EMERGENCY_ANSWER_MS = 8000;
const RECEIPTS_FORGOTTEN_EVERY_MS = 3_600_000;

/**
 * Starts the service on a database that is already running.
 * @param clock another one only where time is played, as in tests
 * @throws DomainError with a sentence for a person
 */
export async function startSteward(
  environment: Environment,
  databaseUrl: string,
  onProgress: (text: string) => void,
  clock = new SystemClock(),
): Promise<RunningSteward> {
  const log = new Logger('Steward');
  const nestLogger = new NestLogger(createLogger(environment.log.level));
  Logger.overrideLogger(nestLogger);
  const onError = (e: Error): void => log.warn(`a database connection broke: ${e.message}`);
  const urls = databaseUrls(environment, databaseUrl);
  const pooled = urls.isPooled;
  const { connections } = environment.database;
  const pool = createPool({ url: urls.general, pooled, name: 'general', max: connections, onError });
  const emergencyPool = createPool({
    url: urls.general,
    pooled,
    name: 'emergency',
    answerWithinMs: EMERGENCY_ANSWER_MS,
    max: EMERGENCY_CONNECTIONS,
    keepIdle: true,
    onError,
  });
  const database = createDatabase(pool);

  onProgress('bringing the schema up to date');
  const { redis } = environment;
  await prepareDatabase({ url: urls.direct, ownerUrl: urls.owner, holdsWork: !redis.url }, onProgress);
  const vault = await openTokenVault(environment.secretKey, environment.dataDir);
  if (environment.estateFile) {
    onProgress('importing the estate');
    await importFile(environment, database, vault, clock.now());
  }
  const directory = new DirectoryHolder(await loadDirectory(database));
  const profiles = await ProfileBook.open(database, PROFILES);
  await warmUp(emergencyPool, EMERGENCY_CONNECTIONS, directory.current.estates()[0]?.id);
  const workQueue = new BullmqWorkQueue(
    redis.url ? new RedisWorkStore(redis.url, redis.caFile) : new PostgresWorkStore(urls.direct, false),
  );

  const { outside } = environment;
  const { channels, outboundHttp: outbound, ca } = await setUpChannels(outside, database, vault, clock.now());

  onProgress('starting the services');
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot({
      sessionHours: environment.sessionHours,
      foundation: {
        clock,
        databaseUrl: urls.direct,
        database,
        emergencyDatabase: createDatabase(emergencyPool),
        workQueue,
        batch: environment.batch,
        influxUrl: environment.history.influxUrl,
        channels,
        outboundHttp: outbound,
        evidence: environment.evidence,
        extra: [
          { provide: TokenVault, useValue: vault },
          { provide: DirectoryHolder, useValue: directory },
          { provide: ProfileBook, useValue: profiles },
          { provide: PdfThread, useValue: new PdfThread(environment.reportFont) },
          { provide: PICTURE_STORE, useValue: new PictureFolder(join(environment.dataDir, 'evidence')) },
        ],
      },
    }),
    { bodyParser: false, logger: nestLogger, forceCloseConnections: true, abortOnError: false },
  );
  configureHttpEdge(app);
  serveOpenApi(app);
  servePages(app, join(import.meta.dirname, '../web'));

  const watch = app.get(Watch);
  const intake = app.get(Intake);
  const metrics = app.get(Metrics);
  const feed = app.get(ChangeFeed);
  const refresh = app.get(DirectoryRefresh);
  const delivery = app.get(PageDelivery);
  const deadlines = app.get(DeadlineService);
  const relay = app.get(OutboxRelay);
  const reach = app.get(ReachBook);
  const sender = app.get(ChannelSender);
  const rejects = app.get(RejectLog);
  const unclaimed = new UnclaimedDevices(database, clock);
  const profileOf = (id: string): Profile | undefined => profiles.get(id);
  const bridges = new BridgeTraffic({ directory, watch, rejects, unclaimed, profileOf, metrics, clock });
  const urgency = (): Urgency =>
    intake.isCrowded || deadlines.isBehind ? 'backlog' : intake.isUrgent || deadlines.isServing ? 'emergency' : 'none';
  const desk = new DeviceDesk(directory, watch, rejects, bridges, urgency);
  const external = environment.externalBroker.url
    ? await openExternalBroker(environment, { desk, watch, metrics, directory, database, vault })
    : null;
  const embedded = external ? null : await createEmbeddedBroker(environment, desk, metrics);
  const broker = (external?.broker ?? embedded) as DeviceBroker;
  app.get(DeviceAsks).send = (topic, payload) => broker.sendCommand(topic, payload);
  bridges.publish = (topic, payload) => broker.sendCommand(topic, payload);
  app.get(DeviceCommands).vault = vault;
  app.get(JobLinks).key = vault.keyFor('job links');
  app.get(DeviceCommands).onRevoked = (device) => broker.disconnect(device);
  const { influxUrl, days: keepDays, rawDays, outboxMb } = environment.history;
  const way = new RightOfWay();
  intake.onUrgent = deadlines.onUrgent = (by) => way.count(by);
  const aheadMs = clock.now() - Date.now();
  const history = new HistoryUpkeep(
    { databaseUrl: urls.direct, influxUrl, keepDays, rawDays, outboxMb, aheadMs, way: way.memory },
    ...([pool, metrics, rejects, clock] as const),
  );
  directory.onReplaced((d) => watch.refresh(d));
  const clockStep = new ClockStep(clock, database, app.get(EstateTransactions), (by) => watch.shift(by));
  const announcements = new Announcements(urls.direct, {
    changes: (estate) => void feed.wake(estate),
    estateChanged: () => {
      refresh.quietly();
      profiles.reloadQuietly();
      reach.loadQuietly();
    },
    reconnected: () => {
      refresh.quietly();
      profiles.reloadQuietly();
      reach.loadQuietly();
    },
  });
  relay.handle('page-delivery', (job) => delivery.retry(String(job['pageId'])));
  relay.handle(CHANNEL_QUEUE, (_, jobId) => sender.look(jobId));

  const procedures = app.get(ProcedureLoading);
  directory.onReplaced(() => procedures.quietly());
  relay.handle(NOTICE_DELIVERY, (job) => app.get(NoticeDelivery).perform(job));
  relay.handle(WEBHOOK_REPLAY, (job) => app.get(WebhookReplay).perform(job));

  // States and deadlines first, then whoever brings new ones.
  await reach.load();
  await procedures.now();
  await app.get(EvidenceStore).sweep(Date.now());
  await watch.load(directory.current);
  await app.get(Afterwards).load();
  await workQueue.start();
  await announcements.start();
  feed.start();
  app.get(LiveBroadcast).start();
  const readiness = app.get(Readiness);
  readiness.register('database', async () => {
    await pool.query('select 1');
    return null;
  });
  readiness.register('intake', () =>
    Promise.resolve(intake.isStalled ? 'commits are held back by the database' : null),
  );

  readiness.registerHelper('history', () => Promise.resolve(history.warning()));
  readiness.registerHelper('work-queue', () => workQueue.trouble());

  const httpPort = await listening('the pages and the API', 'STEWARD_HTTP_PORT', environment.http.port, async () => {
    await app.listen(environment.http.port, environment.http.host);
    const address = app.getHttpServer().address() as { port: number };
    return address.port;
  });
  const mqttPort = embedded
    ? await listening('MQTT', 'STEWARD_MQTT_PORT', environment.mqtt.port, () =>
        embedded.listen(environment.mqtt.port, environment.mqtt.host),
      )
    : 0;
  const moreMqtt = embedded
    ? await listenSecurely(embedded, environment.mqtt, (key, port, listen) => listening('MQTT', key, port, listen))
    : [];
  if (external) {
    readiness.register('broker', () => Promise.resolve(external.trouble()));
    onProgress('connecting to the MQTT broker');
    await external.start();
  }
  await watch.begin();
  deadlines.start();
  void app.get(Afterwards).begin();
  relay.start();
  sender.start();
  app.get(WebhookPump).start();
  app.get(LeakLocalisation).start();
  clockStep.start();
  await history.start();
  // Its address is the operator's own and may be in the company's network, whatever others may use.
  const heartbeatHttp = new NodeOutboundHttp({ allowPrivate: true, ca });
  const heartbeat = outside.heartbeatUrl
    ? new Heartbeat({
        http: heartbeatHttp,
        url: outside.heartbeatUrl,
        trouble: async () => ({ ...(await readiness.failing()), ...(await deadlines.trouble()) }),
        metrics,
      })
    : null;
  heartbeat?.start();
  const forgetting = setInterval(() => {
    forgetOldReceipts(database).catch((e: Error) => log.warn(`old receipts were not deleted: ${e.message}`));
    forgetOldKeys(database, clock.now()).catch((e: Error) => log.warn(`old keys were not deleted: ${e.message}`));
  }, RECEIPTS_FORGOTTEN_EVERY_MS);

  const shown = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);
  return {
    http: `http://${shown(environment.http.host)}:${httpPort}`,
    mqtt: external?.address ?? `mqtt://${shown(environment.mqtt.host)}:${mqttPort}`,
    moreMqtt: moreMqtt.map((l) => `${l.transport}://${shown(environment.mqtt.host)}:${l.port}`),
    stop: async () => {
      clearInterval(forgetting);
      await heartbeat?.stop();
      clockStep.stop();
      watch.stop();
      await broker.stopIntake();
      watch.saveAll();
      await intake.close();
      await broker.close();
      await unclaimed.close();
      await external?.close();
      await deadlines.stop();
      await relay.stop();
      await sender.stop();
      await app.get(WebhookPump).stop();
      await app.get(LeakLocalisation).stop();
      await app.get(ReplayJobs).stop();
      await app.get(PageReceipts).stop();
      await history.stop();
      await rejects.flush();
      feed.stop();
      app.get(LiveBroadcast).stop();
      await announcements.stop();
      await workQueue.stop();
      outbound.close();
      heartbeatHttp.close();
      await app.close();
      await database.destroy();
      await emergencyPool.end();
    },
  };
}

async function importFile(
  environment: Environment,
  database: ReturnType<typeof createDatabase>,
  vault: TokenVault,
  now: number,
): Promise<void> {
  const path = environment.estateFile as string;
  const text = await readFile(path, 'utf8').catch((e: Error) => {
    throw new DomainError('invalid', `The estate file ${path} cannot be read: ${e.message}`);
  });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const last = await database.selectFrom('estate_import').select('sha256').orderBy('at', 'desc').executeTakeFirst();
  if (last?.sha256 === sha256) return;
  const read = readEstateFile(text);
  if (!read.ok) {
    const lines = read.error.map((m) => `${path}:${m.line}:${m.column}: ${m.message}`);
    throw new DomainError('invalid', `The estate file has mistakes; nothing was imported.\n  ${lines.join('\n  ')}`);
  }
  const tokens = environment.deviceTokensFile
    ? (JSON.parse(await readFile(environment.deviceTokensFile, 'utf8')) as Record<string, string>)
    : undefined;
  await importEstate(database, read.value, { now, vault, ...(tokens ? { tokens } : {}) });
  await database
    .insertInto('estate_import')
    .values({ sha256, at: new Date(now) })
    .onConflict((c) => c.column('sha256').doUpdateSet({ at: new Date(now) }))
    .execute();
}

async function listening(what: string, key: string, port: number, listen: () => Promise<number>): Promise<number> {
  try {
    return await listen();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new DomainError('unavailable', `Port ${port} for ${what} is taken. Give another one with ${key}.`);
    }
    throw new DomainError('unavailable', `Port ${port} for ${what} cannot be opened: ${message}`);
  }
}
