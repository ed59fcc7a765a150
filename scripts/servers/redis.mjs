import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, ServerProcess } from './server-process.mjs';

const pong = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
  });

/**
 * Redis for BullMQ: no eviction, as BullMQ asks for. Never the truth, so it keeps nothing on disk unless `appendOnly`.
 * @returns a ServerProcess with `url` and `port`, started
 */
export async function startRedis({ folder, port, appendOnly = false } = {}) {
  const at = port ?? (await freePort());
  const server = new ServerProcess({
    name: 'redis-server',
    log: join(folder, 'redis.log'),
    command: () => ({
      file: 'redis-server',
      args: [
        '--bind',
        '127.0.0.1',
        '--port',
        String(at),
        '--dir',
        folder,
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
        '--appendonly',
        appendOnly ? 'yes' : 'no',
        '--daemonize',
        'no',
      ],
    }),
    ready: () => pong(at),
  });
  await server.start();
  return Object.assign(server, { url: `redis://127.0.0.1:${at}/0`, port: at });
}
