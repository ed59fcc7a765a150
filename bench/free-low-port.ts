import { createServer } from 'node:net';

const LOWEST = 20_000;
const EPHEMERAL = 32_768;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** A port below the ephemeral range: two thousand outgoing connections must not take the one that a server is about to use. */
export async function freeLowPort(): Promise<number> {
  for (let i = 0; i < 200; i++) {
    const port = LOWEST + Math.floor(Math.random() * (EPHEMERAL - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error('no free port below 32768');
}
