import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { openTokens } from '../access/device-token-store.js';
import type { TokenVault } from '../access/token-vault.js';
import type { Environment } from '../config/environment.js';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';
import type { BrokerDesk, DeviceBroker } from '../telemetry/device-broker.port.js';
import { bridgeAccount } from '../telemetry/external-broker/device-account.js';
import { DynamicSecurity } from '../telemetry/external-broker/dynamic-security.js';
import { ExternalBroker } from '../telemetry/external-broker/external-broker.js';
import type { Watch } from './watch.js';

const ACCOUNTS_WITHIN_MS = 8000;

interface OpenedBroker {
  readonly broker: DeviceBroker;
  /** Without user and password: for people and devices. */
  readonly address: string;
  start(): Promise<void>;
  /** For the person on duty: null, or what is wrong. */
  trouble(): string | null;
  /** Ends what administers the broker; the way to the devices has its own `close`. */
  close(): Promise<void>;
}

/**
 * The company's own broker, and Steward's administration of it.
 * @throws DomainError `invalid` when the CA file cannot be read
 */
export async function openExternalBroker(
  environment: Environment,
  parts: {
    desk: BrokerDesk;
    watch: Watch;
    metrics: Metrics;
    directory: DirectoryHolder;
    database: Kysely<Database>;
    vault: TokenVault;
  },
): Promise<OpenedBroker> {
  const { url = '', caFile, clientId, credentials } = environment.externalBroker;
  const { watch, metrics, directory } = parts;
  const ca = caFile === undefined ? {} : { ca: await readCa(caFile) };
  const watcher = { silenceProvesNothing: () => watch.resume() };
  const prefixes = (): string[] => directory.current.bridges().map((b) => b.prefix);
  const window = 2 * environment.batch.rows;
  const broker = new ExternalBroker(parts.desk, watcher, metrics, { url, clientId, window, prefixes, ...ca });
  directory.onReplaced(() => broker.bridgesChanged());
  const security =
    credentials === 'none'
      ? null
      : new DynamicSecurity(
          {
            ...{ url, clientId, ...ca },
            devices: () => [...directory.current.devices(), ...directory.current.bridges().map(bridgeAccount)],
            prefixes,
            openTokens: (devices) => openTokens(parts.database, parts.vault, devices),
          },
          metrics,
        );
  if (security) directory.onReplaced(() => security.changed());
  const address = new URL(url);
  address.username = address.password = '';
  return {
    broker,
    address: address.href.replace(/\/$/, ''),
    start: async () => {
      security?.start();
      await broker.start();
      // Ready means that devices can log in; of a new estate of thousands the last can some minutes later.
      const end = performance.now() + ACCOUNTS_WITHIN_MS;
      while (security && security.trouble !== null && performance.now() < end) await sleep(50);
    },
    trouble: () => broker.trouble,
    close: async () => security?.close(),
  };
}

function readCa(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((e: Error) => {
    throw new DomainError('invalid', `MQTT_CA_FILE cannot be read: ${e.message}`);
  });
}
