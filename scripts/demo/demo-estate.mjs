// What the demo takes from its estate: which devices are left to the visitor, who may log in, and everybody's token.
import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const ROLES = ['control-room', 'butler', 'security', 'engineer', 'supervisor', 'project-manager', 'contractor'];
const EMPTY = ['vacant', 'undelivered', 'for-sale'];

/** @param modules of dist: readEstateFile, onDuty */
export async function readDemoEstate(file, { readEstateFile }) {
  const read = readEstateFile(await readFile(file, 'utf8'));
  if (read.ok) return read.value;
  const mistakes = read.error.map((m) => `  line ${m.line}: ${m.message}`).join('\n');
  throw new Error(`${relative(process.cwd(), file)} has mistakes:\n${mistakes}`);
}

/**
 * The devices that no simulator plays, and the lift that the staged entrapment happens to. The spare lifts stand in one
 * zone, so that one butler is on duty for all of them.
 */
export function castDevices(estate) {
  const live = estate.devices.filter((d) => d.life === 'live');
  const of = (kind) => live.filter((d) => d.kind === kind);
  const occupancy = new Map(estate.units.map((u) => [u.id, u.occupancy]));
  const lastZone = new Set(estate.zones.at(-1)?.buildings ?? []);
  const lifts = of('elevator').filter((d) => lastZone.has(d.building));
  const staged = lifts.at(-1)?.id ?? null;
  const others = lifts.slice(0, -1);
  const gates = of('gate');
  const spares = [
    ...others.slice(-2),
    ...of('water-meter')
      .filter((d) => EMPTY.includes(occupancy.get(d.unit)))
      .slice(-2),
    ...of('pipe-sensor').slice(-2),
    ...gates.filter((d) => !d.attributes.vehicle).slice(-1),
    ...gates.filter((d) => d.attributes.vehicle).slice(-1),
  ];
  return { spares, staged };
}

/** Where the staged entrapment happens, in both languages. */
export function stagedPlace(estate, id) {
  const lift = estate.devices.find((d) => d.id === id);
  const building = estate.buildings.find((b) => b.id === lift?.building);
  return lift && building ? `${building.name.zh} ${lift.name.zh} · ${building.name.en}, ${lift.name.en}` : null;
}

/** Logins by role; in each role first who would be called first for the spare lifts now. */
export function demoLogins(estate, spares, now, { onDuty }) {
  const building = spares.find((d) => d.kind === 'elevator')?.building;
  const zones = estate.zones.filter((z) => z.buildings.includes(building)).map((z) => z.id);
  const question = { estate: estate.estate.id, zones, duty: 'any', at: now, timezone: estate.estate.timezone };
  return ROLES.flatMap((role) => {
    const called = onDuty(
      { lines: estate.roster, rotations: [], overrides: [], leaves: [] },
      { ...question, role },
    ).map((d) => d.person);
    const rank = (person) => (called.includes(person.username) ? called.indexOf(person.username) : called.length);
    return estate.staff
      .filter((person) => person.roles.includes(role) && person.password)
      .sort((a, b) => rank(a) - rank(b))
      .map(({ username, password, name }) => ({ role, username, password, name: name.zh, nameEn: name.en }));
  });
}

/**
 * The demo's device tokens follow from one secret of its data folder: the same at every start, different on every machine.
 * @returns the tokens by device id, and the file that holds them (readable by its owner alone)
 */
export async function demoTokens(estate, folder, { secretOf }) {
  const secret = await secretOf(folder, 'demo-devices', () => randomBytes(32).toString('hex'));
  const token = (id) => createHmac('sha256', Buffer.from(secret, 'hex')).update(id).digest('base64url');
  const tokens = Object.fromEntries(estate.devices.map((d) => [d.id, token(d.id)]));
  const file = join(folder, 'secrets', 'demo-tokens.json');
  await writeFile(`${file}.${process.pid}.tmp`, JSON.stringify(tokens), { mode: 0o600 });
  await rename(`${file}.${process.pid}.tmp`, file);
  return { tokens, file };
}
