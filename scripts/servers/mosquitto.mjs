import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, ServerProcess } from './server-process.mjs';

const CONFIG = new URL('../../config/mosquitto/mosquitto.conf', import.meta.url);
const PLUGINS = [
  '/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so',
  '/usr/lib/aarch64-linux-gnu/mosquitto_dynamic_security.so',
  '/usr/lib/mosquitto_dynamic_security.so',
];
const USER = 'steward';
const PASSWORD = 'steward of the tests';

/** A password as the plugin keeps it. */
function hashed(password) {
  const salt = randomBytes(12);
  const iterations = 101;
  const hash = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  return { password: hash.toString('base64'), salt: salt.toString('base64'), iterations };
}

/** The plugin's file as `mosquitto_ctrl dynsec init` makes it: one account, which may administer. */
function firstAccounts() {
  const any = (acltype, topic) => ({ acltype, topic, priority: 0, allow: true });
  return {
    defaultACLAccess: { publishClientSend: false, publishClientReceive: true, subscribe: false, unsubscribe: true },
    clients: [
      {
        username: USER,
        textName: 'Dynsec admin user',
        ...hashed(PASSWORD),
        roles: [{ rolename: 'admin' }],
      },
    ],
    groups: [],
    roles: [
      {
        rolename: 'admin',
        acls: [
          any('publishClientSend', '$CONTROL/dynamic-security/#'),
          any('publishClientReceive', '$CONTROL/dynamic-security/#'),
          any('subscribePattern', '$CONTROL/dynamic-security/#'),
          any('publishClientReceive', '$SYS/#'),
          any('subscribePattern', '$SYS/#'),
          any('publishClientReceive', '#'),
          any('subscribePattern', '#'),
          any('unsubscribePattern', '#'),
        ],
      },
    ],
  };
}

const accountsFile = (folder) => join(folder, 'dynamic-security.json');

export function forgetAccounts(folder) {
  giveAccounts(folder, { clients: [], roles: [] });
}

export function giveAccounts(folder, { clients, roles }) {
  const first = firstAccounts();
  const others = clients.map((c) => ({ ...c, ...hashed(c.password) }));
  const all = { ...first, clients: [...first.clients, ...others], roles: [...first.roles, ...roles] };
  mkdirSync(folder, { recursive: true });
  writeFileSync(accountsFile(folder), JSON.stringify(all), { mode: 0o600 });
}

/** The configuration that is shipped, with the paths of this machine. @throws when a line that it replaces is gone */
function configFor(folder, port) {
  const plugin = PLUGINS.find((path) => existsSync(path));
  if (!plugin) throw new Error('the dynamic-security plugin of mosquitto is not installed (Debian: mosquitto)');
  const own = {
    plugin,
    plugin_opt_config_file: accountsFile(folder),
    listener: `${port} 127.0.0.1`,
    persistence_location: `${folder}/`,
    autosave_interval: '1',
    sys_interval: '1',
  };
  let text = readFileSync(CONFIG, 'utf8');
  for (const [key, value] of Object.entries(own)) {
    const line = new RegExp(`^${key} .*$`, 'm');
    if (!line.test(text)) throw new Error(`config/mosquitto/mosquitto.conf has no "${key}" any more`);
    text = text.replace(line, `${key} ${value}`);
  }
  // As root it would become another user, who may not enter a temporary folder of root's.
  return `${text}\nuser root\npid_file ${join(folder, 'mosquitto.pid')}\n`;
}

/** CONNECT without a user: any CONNACK, a refusal too, says that it serves. */
const answers = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () =>
      socket.write(Buffer.from([0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 5, 0, 2, 0x3f, 0x3f])),
    );
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data[0] === 0x20);
    });
  });

/**
 * Mosquitto with config/mosquitto/mosquitto.conf and the dynamic-security plugin, which knows Steward alone at first.
 * @returns a ServerProcess with `url` (user and password in it) and `port`, started
 */
export async function startMosquitto({ folder, port } = {}) {
  const at = port ?? (await freePort());
  mkdirSync(folder, { recursive: true });
  if (!existsSync(accountsFile(folder))) forgetAccounts(folder);
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, configFor(folder, at), { mode: 0o600 });
  const server = new ServerProcess({
    name: 'mosquitto',
    log: join(folder, 'mosquitto.log'),
    command: () => ({
      file: existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto',
      args: ['-c', config],
    }),
    ready: () => answers(at),
  });
  await server.start();
  return Object.assign(server, { url: `mqtt://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${at}`, port: at });
}
