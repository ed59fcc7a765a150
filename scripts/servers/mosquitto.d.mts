import type { StartedServer } from './server-process.mjs';
export function startMosquitto(options: { folder: string; port?: number }): Promise<StartedServer>;
/** Puts the plugin's file back to Steward's own account alone, as after its loss. Only while the server is down. */
export function forgetAccounts(folder: string): void;
