import type { StartedServer } from './server-process.mjs';
export function startMosquitto(options: { folder: string; port?: number }): Promise<StartedServer>;
/** Puts the plugin's file back to Steward's own account alone, as after its loss. Only while the server is down. */
export function forgetAccounts(folder: string): void;
/**
 * Writes the plugin's file with Steward's account and these, before the first start: told over the wire, thousands of
 * accounts take minutes, for the plugin writes its whole file for each.
 * @param accounts as `createClient` (password in the clear) and `createRole` take them
 */
export function giveAccounts(
  folder: string,
  accounts: { clients: readonly { password: string }[]; roles: readonly object[] },
): void;
