import { createHash } from 'node:crypto';
import type { Bridge } from '../../estate/bridge.js';
import type { Device } from '../../estate/device.js';
import type { Command } from './control-channel.js';

/** What Steward made at the broker is known by these; all else there is not ours and stays untouched. */
const ROLE_PREFIX = 'steward-device:';
const MARK = 'steward-device';

interface Acl {
  readonly acltype: string;
  readonly topic: string;
  readonly allow: boolean;
}

/** As `listClients` tells it. */
export interface BrokerClient {
  readonly username: string;
  readonly clientid?: string;
  readonly textdescription?: string;
  readonly disabled?: boolean;
  readonly roles: readonly { readonly rolename: string }[];
}

export interface BrokerRole {
  readonly rolename: string;
  readonly acls: readonly Acl[];
}

export const roleOf = (id: string): string => `${ROLE_PREFIX}${id}`;

/** The device's id, or null: not a role of ours. */
export const deviceOfRole = (role: string): string | null =>
  role.startsWith(ROLE_PREFIX) ? role.slice(ROLE_PREFIX.length) : null;

export const isOurs = (c: BrokerClient): boolean => c.textdescription?.startsWith(`${MARK} `) === true;

/** Which token the broker knows, without telling it: a hash of the stored hash. */
export const markOf = (tokenSha256: string): string =>
  `${MARK} ${createHash('sha256').update(tokenSha256).digest('hex').slice(0, 16)}`;

/** A device, or a bridge: that one has a prefix of its own. */
export type AccountHolder = Pick<Device, 'estate' | 'kind' | 'id' | 'tokenSha256'> & {
  readonly life?: Device['life'];
  readonly prefix?: string;
};

export const bridgeAccount = (b: Bridge): AccountHolder => ({
  ...{ id: b.id, estate: b.estate, tokenSha256: b.tokenSha256, prefix: b.prefix },
  ...{ kind: 'generic', life: 'live' },
});

/** A device's own topics and nothing else. The plugin of Mosquitto 2.0 knows no %u, so each device has a role. */
export function aclsOf(d: Pick<AccountHolder, 'estate' | 'kind' | 'id' | 'prefix'>): Acl[] {
  if (d.prefix !== undefined) return prefixAcls(d.prefix);
  const place = `steward/v1/${d.estate}/${d.kind}/${d.id}`;
  const allow = (acltype: string, topic: string): Acl => ({ acltype, topic: `${place}/${topic}`, allow: true });
  return [
    allow('publishClientSend', 'telemetry'),
    allow('publishClientSend', 'status'),
    allow('publishClientSend', 'command/ack'),
    allow('subscribePattern', 'command'),
    allow('subscribePattern', 'command/#'),
    allow('publishClientReceive', 'command/#'),
  ];
}

const prefixAcls = (prefix: string): Acl[] =>
  ['publishClientSend', 'subscribePattern', 'publishClientReceive'].map((acltype) => ({
    ...{ acltype, topic: `${prefix}#`, allow: true },
  }));

/** What Steward needs itself to hear bridges and to answer them. */
export const serviceAclsOf = (prefixes: readonly string[]): Acl[] => prefixes.flatMap((p) => prefixAcls(p).slice(0, 2));

/** Two of them are equal when the broker's answer names the same rules, in whatever order. */
export const sameAcls = (a: readonly Acl[], b: readonly Acl[]): boolean => textOf(a) === textOf(b);
const textOf = (acls: readonly Acl[]): string =>
  acls
    .map((a) => `${a.acltype} ${a.topic} ${a.allow}`)
    .sort()
    .join('\n');

/** Commands that make a device known with this token, from nothing. */
export function createCommands(d: AccountHolder, token: string, roleExists: boolean): Command[] {
  const role = { rolename: roleOf(d.id), acls: aclsOf(d) };
  return [
    roleExists ? { command: 'modifyRole', ...role } : { command: 'createRole', ...role },
    { command: 'createClient', ...clientOf(d, token) },
  ];
}

const clientOf = (d: AccountHolder, token: string) => ({
  username: d.id,
  clientid: d.id,
  password: token,
  textdescription: markOf(d.tokenSha256 ?? ''),
  roles: [{ rolename: roleOf(d.id) }],
});

/** A new token. Puts the device off: it comes back with the new one. */
export const passwordCommand = (d: AccountHolder, token: string): Command => ({
  command: 'modifyClient',
  ...clientOf(d, token),
});

/** Puts the device off at once. */
export const deleteCommands = (id: string, roleExists: boolean): Command[] => [
  { command: 'deleteClient', username: id },
  ...(roleExists ? [{ command: 'deleteRole', rolename: roleOf(id) }] : []),
];
