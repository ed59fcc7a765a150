import type { StartedServer } from './server-process.mjs';
export function startRedis(options: { folder: string; port?: number; appendOnly?: boolean }): Promise<StartedServer>;
