import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { TlsMaterial } from './tls-material.js';

export type Transport = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export interface ListenerEvents {
  /** A socket was opened, nothing is known of it. @returns false = it is closed at once */
  opened(socket: Socket): boolean;
  /** MQTT may begin. `key` is {@link socketKey} of its socket. */
  ready(conn: Duplex, key: string): void;
  failed(transport: Transport, error: Error): void;
}

/** The same for a socket and for what TLS and WebSocket make of it. */
export const socketKey = (s: Socket): string => `${s.remoteAddress} ${s.remotePort} ${s.localPort}`;

const HANDSHAKE_MS = 10_000;
const BACKLOG = 4096;
const MQTT_PROTOCOLS = ['mqtt', 'mqttv3.1'];

/** Opens one port. @throws EADDRINUSE */
export async function openListener(
  transport: Transport,
  at: { port: number; host: string; maxPacketBytes: number },
  tls: TlsMaterial | null,
  events: ListenerEvents,
): Promise<Server> {
  const server = makeServer(transport, at.maxPacketBytes, tls, events);
  // Before the listener of the server's own kind: whoever is not let in costs no handshake.
  server.prependListener('connection', (socket: Socket) => {
    if (!events.opened(socket)) socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: at.port, host: at.host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => events.failed(transport, error));
  return server;
}

function makeServer(
  transport: Transport,
  maxPacketBytes: number,
  tls: TlsMaterial | null,
  events: ListenerEvents,
): Server {
  if (transport === 'mqtt') return createServer({ noDelay: true }, (s) => events.ready(s, socketKey(s)));
  if (transport === 'ws') {
    return overWebSocket(createHttpServer({ noDelay: true, maxHeaderSize: 16_384 }), maxPacketBytes, events);
  }
  if (!tls) throw new Error(`${transport} needs a certificate`);
  const options = { ...tls.pem, minVersion: 'TLSv1.2' as const, handshakeTimeout: HANDSHAKE_MS, noDelay: true };
  const secure = transport === 'mqtts' ? createTlsServer(options) : createHttpsServer({ ...options });
  secure.on('tlsClientError', (_error, socket) => socket.destroy());
  tls.onChanged((pem) => secure.setSecureContext(pem));
  if (transport === 'mqtts') {
    secure.on('secureConnection', (s: Socket) => events.ready(s, socketKey(s)));
    return secure;
  }
  return overWebSocket(secure as ReturnType<typeof createHttpsServer>, maxPacketBytes, events);
}

/** MQTT 3.1.1 §6: subprotocol `mqtt`, binary frames; packets may be cut anywhere. */
function overWebSocket(
  server: ReturnType<typeof createHttpServer> | ReturnType<typeof createHttpsServer>,
  maxPacketBytes: number,
  events: ListenerEvents,
): Server {
  server.headersTimeout = HANDSHAKE_MS;
  server.requestTimeout = HANDSHAKE_MS;
  server.on('request', (_request, response) => {
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'close' }).end();
  });
  const sockets = new WebSocketServer({
    server,
    // A frame may hold several packets.
    maxPayload: 4 * maxPacketBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => MQTT_PROTOCOLS.find((p) => offered.has(p)) ?? false,
    verifyClient: ({ req }: { req: { headers: NodeJS.Dict<string | string[]> } }) =>
      String(req.headers['sec-websocket-protocol'] ?? '')
        .split(',')
        .some((p) => MQTT_PROTOCOLS.includes(p.trim())),
  });
  sockets.on('connection', (ws, request) => {
    ws.on('message', (_data, isBinary) => {
      if (!isBinary) ws.terminate();
    });
    events.ready(createWebSocketStream(ws), socketKey(request.socket));
  });
  sockets.on('wsClientError', (_error, socket) => socket.destroy());
  return server;
}
