import { Logger } from '@nestjs/common';
import type { Metrics } from '../../ops/metrics.js';
import type { OpenedTokens } from '../../access/device-token-store.js';
import { ControlChannel, type Answer, type Command } from './control-channel.js';
import {
  aclsOf,
  createCommands,
  deleteCommands,
  deviceOfRole,
  isOurs,
  markOf,
  passwordCommand,
  roleOf,
  sameAcls,
  serviceAclsOf,
  type AccountHolder,
  type BrokerClient,
  type BrokerRole,
} from './device-account.js';

export interface DynamicSecurityOptions {
  readonly url: string;
  readonly clientId: string;
  readonly ca?: string;
  readonly devices: () => readonly AccountHolder[];
  /** Of bridges: Steward hears all that is under them. */
  readonly prefixes?: () => readonly string[];
  /** In the clear, for as long as it takes to tell them. */
  readonly openTokens: (devices: readonly AccountHolder[]) => Promise<OpenedTokens>;
}

/** Steward's own right to speak to devices. */
const SERVICE_ROLE = 'steward-service';
const SERVICE_ACLS = [
  { acltype: 'publishClientSend', topic: 'steward/v1/#', allow: true },
  { acltype: 'subscribePattern', topic: 'steward/v1/#', allow: true },
  { acltype: 'subscribePattern', topic: '$SYS/#', allow: true },
];
const PAGE = 500;
/** The plugin writes its whole file after each command, and the broker does nothing else meanwhile. */
const REQUEST_MS = 150;
const RETRY_MS = 3000;

/** What the broker knows of a device: null = nothing of ours. `foreign` = an account under its name that is not ours. */
interface Known {
  mark: string | null;
  role: boolean;
  rightAcls: boolean;
  foreign: boolean;
}

const NOTHING: Known = { mark: null, role: false, rightAcls: false, foreign: false };

/**
 * Keeps the broker's accounts equal to the devices: one client and one role each, only their own topics. Compares with
 * all that the broker has after each connection, with what it was told last after each change of the estates.
 * Accounts that Steward did not make are never touched.
 */
export class DynamicSecurity {
  private readonly log = new Logger(DynamicSecurity.name);
  private channel: ControlChannel | null = null;
  private known: Map<string, Known> | null = null;
  private running = false;
  private again = false;
  private closed = false;
  private retry: NodeJS.Timeout | null = null;
  private perRequest = 20;
  private warned = '';
  private prefixes = '';
  private lastTrouble: string | null = 'not connected yet';

  constructor(
    private readonly options: DynamicSecurityOptions,
    private readonly metrics: Metrics,
  ) {}

  /** For the person on duty: null, or why devices' logins at the broker may be out of date. */
  get trouble(): string | null {
    return this.lastTrouble;
  }

  start(): void {
    const { url, clientId, ca } = this.options;
    const onTrouble = (text: string): void => {
      this.lastTrouble = text;
      this.log.error(text);
    };
    const onReady = (): void => {
      // Another broker, or one that has lost its file: what it was told before may be gone.
      this.known = null;
      this.changed();
    };
    const channel = { url, clientId: `${clientId}-control`, ...(ca === undefined ? {} : { ca }) };
    this.channel = new ControlChannel(channel, onReady, onTrouble);
  }

  /** Devices, tokens or places have changed: the broker is told. A device that is out is put off first. */
  changed(): void {
    this.again = true;
    const prefixes = (this.options.prefixes?.() ?? []).join(' ');
    // Steward's own rights are set with a look at all that the broker has.
    if (prefixes !== this.prefixes) this.known = null;
    this.prefixes = prefixes;
    if (this.running || this.closed || !this.channel?.isReady) return;
    this.running = true;
    void this.run().finally(() => (this.running = false));
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.retry) clearTimeout(this.retry);
    await this.channel?.close();
  }

  private async run(): Promise<void> {
    try {
      while (this.again && !this.closed) {
        this.again = false;
        this.known ??= await this.readBroker();
        await this.tell(this.known);
      }
      this.lastTrouble = null;
    } catch (error) {
      this.known = null;
      this.again = true;
      this.lastTrouble = `devices' logins at the broker may be out of date: ${(error as Error).message}`;
      if (this.closed) return;
      this.log.warn(this.lastTrouble);
      this.retry = setTimeout(() => this.changed(), RETRY_MS);
    }
  }

  private async tell(known: Map<string, Known>): Promise<void> {
    const wanted = new Map(this.options.devices().flatMap((d) => (mayComeIn(d) ? [[d.id, d] as const] : [])));
    // Whoever is out goes first, and between two requests of a long synchronisation too.
    for (const [id, k] of known) {
      if (wanted.has(id) || k.foreign || (k.mark === null && !k.role)) continue;
      await this.ask([
        ...(k.mark === null ? [{ command: 'deleteRole', rolename: roleOf(id) }] : deleteCommands(id, k.role)),
      ]);
      known.delete(id);
    }
    const behind = [...wanted.values()].filter((d) => isBehind(d, known.get(d.id) ?? NOTHING));
    this.metrics.brokerCredentialsPending.set(behind.length);
    if (behind.length === 0) return this.report(new Map(), []);
    // Changed tokens before new devices: the old token must be refused at once.
    behind.sort((a, b) => Number(known.get(b.id)?.mark != null) - Number(known.get(a.id)?.mark != null));
    const { tokens, otherKey } = await this.options.openTokens(behind);
    const missing: string[] = [];
    const began = performance.now();
    for (let i = 0; i < behind.length && !this.closed;) {
      const part = behind.slice(i, i + this.perRequest);
      i += part.length;
      const commands: Command[] = [];
      for (const d of part) {
        const told = this.commandsFor(d, known.get(d.id) ?? NOTHING, tokens.get(d.id));
        if (told === null) missing.push(d.id);
        else commands.push(...told);
      }
      if (commands.length > 0) await this.ask(commands);
      for (const d of part) {
        if (!tokens.has(d.id)) continue;
        known.set(d.id, { mark: markOf(d.tokenSha256 ?? ''), role: true, rightAcls: true, foreign: false });
      }
      this.metrics.brokerCredentialsPending.set(behind.length - i);
      // Something has changed meanwhile, perhaps a revocation: look again rather than finish an old list.
      if (this.again) return;
    }
    this.report(otherKey, missing);
    const took = ((performance.now() - began) / 1000).toFixed(1);
    this.log.log(`the broker was told of ${behind.length - missing.length} devices in ${took} s`);
  }

  /** null: it cannot be told, for the token is not known. */
  private commandsFor(d: AccountHolder, k: Known, token: string | undefined): Command[] | null {
    if (token === undefined) {
      // The old token must not go on being good, whatever the new one is.
      return k.mark !== null && k.mark !== markOf(d.tokenSha256 ?? '')
        ? [{ command: 'disableClient', username: d.id }]
        : null;
    }
    if (k.mark === null) return createCommands(d, token, k.role);
    const role = { rolename: roleOf(d.id), acls: aclsOf(d) };
    const roles = k.rightAcls ? [] : [{ command: k.role ? 'modifyRole' : 'createRole', ...role }];
    return [...roles, passwordCommand(d, token), { command: 'enableClient', username: d.id }];
  }

  private report(otherKey: ReadonlyMap<string, string>, missing: readonly string[]): void {
    const foreign = [...(this.known ?? [])].filter(([, k]) => k.foreign).map(([id]) => id);
    this.metrics.deviceTokensMissing.set(missing.length);
    const text = [
      otherKey.size > 0 &&
        `${otherKey.size} device tokens are sealed with another key (${[...new Set(otherKey.values())].join(', ')}): ` +
          'give Steward that key (STEWARD_SECRET_KEY, STEWARD_SECRET_KEY_FILE, or secrets/device-tokens.key of the earlier data ' +
          'folder), or give these devices new tokens (POST /api/v1/devices/{id}/token)',
      missing.length > otherKey.size &&
        `the tokens of ${missing.length - otherKey.size} devices were not kept (imported by an earlier version): the broker cannot be ` +
          `told of ${sample(missing.filter((id) => !otherKey.has(id)))}; give each a new one (POST /api/v1/devices/{id}/token), or start once with ` +
          'STEWARD_DEVICE_TOKENS_FILE',
      foreign.length > 0 &&
        `the broker has accounts under the names of devices that Steward did not make and leaves alone: ${sample(foreign)}`,
    ]
      .filter((line) => line !== false)
      .join('. ');
    if (text !== '' && text !== this.warned) this.log.error(text);
    this.warned = text;
  }

  /** Everything of ours that the broker has. */
  private async readBroker(): Promise<Map<string, Known>> {
    const roles = await this.list<BrokerRole>('listRoles', 'roles');
    const clients = await this.list<BrokerClient>('listClients', 'clients');
    await this.closeDefaults();
    await this.ownRights(roles, clients);
    const devices = new Map(this.options.devices().map((d) => [d.id, d]));
    const known = new Map<string, Known>();
    for (const { rolename, acls } of roles) {
      const id = deviceOfRole(rolename);
      if (id === null) continue;
      const device = devices.get(id);
      known.set(id, { ...NOTHING, role: true, rightAcls: device !== undefined && sameAcls(acls, aclsOf(device)) });
    }
    for (const c of clients) {
      const k = known.get(c.username) ?? NOTHING;
      const asWeMade =
        c.clientid === c.username && c.disabled !== true && c.roles.some((r) => r.rolename === roleOf(c.username));
      if (isOurs(c))
        known.set(c.username, { ...k, mark: asWeMade ? (c.textdescription ?? '') : 'changed by another hand' });
      else if (devices.has(c.username)) known.set(c.username, { ...k, foreign: true });
    }
    return known;
  }

  private async list<T>(command: string, what: string): Promise<T[]> {
    const all: T[] = [];
    for (;;) {
      const [answer] = await this.ask([{ command, verbose: true, count: PAGE, offset: all.length }]);
      const page = (answer?.data?.[what] ?? []) as T[];
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }

  /** What no rule allows must be refused, or a device could speak for another. */
  private async closeDefaults(): Promise<void> {
    const [answer] = await this.ask([{ command: 'getDefaultACLAccess' }]);
    const acls = (answer?.data?.['acls'] ?? []) as { acltype: string; allow: boolean }[];
    const open = acls.filter((a) => a.allow && (a.acltype === 'publishClientSend' || a.acltype === 'subscribe'));
    if (open.length === 0) return;
    this.log.warn(
      `the broker let anybody do what no rule allows (${open.map((a) => a.acltype).join(', ')}); closed now`,
    );
    await this.ask([{ command: 'setDefaultACLAccess', acls: open.map(({ acltype }) => ({ acltype, allow: false })) }]);
  }

  private async ownRights(roles: readonly BrokerRole[], clients: readonly BrokerClient[]): Promise<void> {
    const me = decodeURIComponent(new URL(this.options.url).username);
    const role = { rolename: SERVICE_ROLE, acls: [...SERVICE_ACLS, ...serviceAclsOf(this.options.prefixes?.() ?? [])] };
    const known = roles.find((r) => r.rolename === SERVICE_ROLE);
    if (!known) await this.ask([{ command: 'createRole', ...role }]);
    else if (!sameAcls(known.acls, role.acls)) await this.ask([{ command: 'modifyRole', ...role }]);
    const mine = clients.find((c) => c.username === me);
    // Puts our own connections off once; they come back with the right.
    if (mine && !mine.roles.some((r) => r.rolename === SERVICE_ROLE))
      await this.ask([{ command: 'addClientRole', username: me, rolename: SERVICE_ROLE }]);
  }

  private async ask(commands: readonly Command[]): Promise<Answer[]> {
    const { channel } = this;
    if (!channel) throw new Error('not started');
    const began = performance.now();
    const answers = await channel.ask(commands);
    const each = (performance.now() - began) / commands.length;
    this.perRequest = Math.max(1, Math.min(50, Math.floor(REQUEST_MS / each / 2)));
    // Never the command itself: it holds a token.
    const failed = answers.filter((a) => a.error !== undefined && !HARMLESS.has(`${a.command} ${a.error}`));
    if (failed[0]) throw new Error(`${failed.length} requests failed, first ${failed[0].command}: ${failed[0].error}`);
    return answers;
  }
}

/** Said twice, or done by another instance meanwhile. */
const HARMLESS = new Set([
  'deleteClient Client not found',
  'deleteRole Role not found',
  'createRole Role already exists',
  'createClient Client already exists',
  'addClientRole Client is already in role',
]);

const mayComeIn = (d: AccountHolder): boolean => d.life !== 'retired' && d.tokenSha256 !== null;
const isBehind = (d: AccountHolder, k: Known): boolean =>
  !k.foreign && (k.mark !== markOf(d.tokenSha256 ?? '') || !k.role || !k.rightAcls);
const sample = (ids: readonly string[]): string =>
  ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ');
