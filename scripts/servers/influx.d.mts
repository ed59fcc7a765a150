import type { StartedServer } from './server-process.mjs';
export function startInflux(options: { folder: string; port?: number }): Promise<StartedServer>;
