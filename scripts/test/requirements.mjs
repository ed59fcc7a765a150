// Programs that the tests drive and npm does not bring: found, else installed (Debian and Ubuntu, as root), else named.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const runs = (command, args = ['--version']) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;

// Really started: Ubuntu's "chromium-browser" may be a stub that only tells to install a snap.
const CHROMIUM = [
  process.env.STEWARD_CHROMIUM,
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];
export const findChromium = () => CHROMIUM.find((command) => command && runs(command)) ?? null;

function hasChineseFont() {
  if (runs('fc-list')) return spawnSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).stdout.trim() !== '';
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts'];
  return folders.some((folder) => existsSync(folder) && findFile(folder, /cjk|pingfang|wqy|hei/i));
}

function findFile(folder, name) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? findFile(join(folder, entry.name), name) : name.test(entry.name),
  );
}

const installed = (command, args = ['--help']) => spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
/** Debian keeps servers where an ordinary user's PATH does not look. */
const SBIN = ['/usr/sbin', '/usr/local/sbin'];
const hasServer = (name) => installed(name) || SBIN.some((folder) => installed(join(folder, name)));
const SERVER_SUITES = ['contracts', 'integration', 'chaos'];

const REQUIREMENTS = [
  { suites: ['browser'], what: 'Chromium', debian: 'chromium', present: () => findChromium() !== null },
  {
    suites: ['browser', 'integration', 'scenarios'],
    what: 'a Chinese font',
    debian: 'fonts-noto-cjk',
    present: hasChineseFont,
  },
  {
    suites: ['integration', 'contracts'],
    what: 'mosquitto_pub',
    debian: 'mosquitto-clients',
    present: () => installed('mosquitto_pub'), // its help ends with 1
  },
  {
    suites: SERVER_SUITES,
    what: 'Redis (redis-server)',
    debian: 'redis-server',
    present: () => hasServer('redis-server'),
  },
  { suites: SERVER_SUITES, what: 'InfluxDB 1.x (influxd)', debian: 'influxdb', present: () => hasServer('influxd') },
  {
    suites: SERVER_SUITES,
    what: 'Mosquitto 2 with its dynamic-security plugin',
    debian: 'mosquitto',
    present: () => hasServer('mosquitto'),
  },
];

/** @returns a sentence that names what is missing and how to get it, or null */
export function provide(suites) {
  const wanted = REQUIREMENTS.filter((r) => r.suites.some((suite) => suites.includes(suite)));
  const missing = () => wanted.filter((r) => !r.present());
  let left = missing();
  if (left.length > 0 && process.getuid?.() === 0 && runs('apt-get')) {
    const packages = left.map((r) => r.debian);
    process.stdout.write(`installing ${packages.join(', ')} …\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    ]) {
      const done = spawnSync('apt-get', args, { env, encoding: 'utf8' });
      if (done.status !== 0) process.stdout.write(`apt-get ${args[0]}: ${done.stderr.trim().slice(-600)}\n`);
    }
    left = missing();
  }
  if (left.length === 0) return null;
  const names = left.map((r) => r.what).join(', ');
  return (
    `The tests need ${names}, which this machine does not have. On Debian or Ubuntu, once, as root: ` +
    `apt-get install ${left.map((r) => r.debian).join(' ')}. On other systems install them by their own means; a browser ` +
    'in an unusual place is named with STEWARD_CHROMIUM=/path/to/chromium.'
  );
}
