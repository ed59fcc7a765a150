import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Environment } from '../../config/environment.js';
import type { Metrics } from '../../ops/metrics.js';
import type { BrokerDesk } from '../device-broker.port.js';
import { EmbeddedBroker } from './embedded-broker.js';
import type { Transport } from './listeners.js';
import { TlsMaterial } from './tls-material.js';

type MqttSettings = Environment['mqtt'];

/**
 * The broker as the environment wants it. It does not listen yet.
 * @throws DomainError when a given certificate cannot be used
 */
export async function createEmbeddedBroker(
  environment: Pick<Environment, 'mqtt' | 'dataDir'>,
  desk: BrokerDesk,
  metrics: Metrics,
): Promise<EmbeddedBroker> {
  const { limits, certFile, keyFile, tlsPort, wssPort } = environment.mqtt;
  if (tlsPort === undefined && wssPort === undefined) return new EmbeddedBroker(desk, metrics, { limits });
  const tls = await TlsMaterial.open({ certFile, keyFile, folder: join(environment.dataDir, 'mqtt-tls') }, Date.now());
  tls.watch();
  new Logger('Mqtt').log(`certificate of the devices' TLS: SHA-256 ${tls.fingerprint}`);
  return new EmbeddedBroker(desk, metrics, { limits, tls });
}

/**
 * Opens the listeners beside plain MQTT for which a port is set.
 * @param listening turns a taken port into a sentence that names its key
 */
export async function listenSecurely(
  broker: EmbeddedBroker,
  settings: Pick<MqttSettings, 'host' | 'tlsPort' | 'wsPort' | 'wssPort'>,
  listening: (key: string, port: number, listen: () => Promise<number>) => Promise<number>,
): Promise<{ transport: Transport; port: number }[]> {
  const wanted: [Transport, string, number | undefined][] = [
    ['mqtts', 'STEWARD_MQTT_TLS_PORT', settings.tlsPort],
    ['ws', 'STEWARD_MQTT_WS_PORT', settings.wsPort],
    ['wss', 'STEWARD_MQTT_WSS_PORT', settings.wssPort],
  ];
  const open: { transport: Transport; port: number }[] = [];
  for (const [transport, key, port] of wanted) {
    if (port === undefined) continue;
    open.push({ transport, port: await listening(key, port, () => broker.listen(port, settings.host, transport)) });
  }
  return open;
}
