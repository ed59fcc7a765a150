import { sql, type Kysely, type Transaction } from 'kysely';
import { generateToken, sha256Hex } from '../access/device-credentials.js';
import { sealTokens } from '../access/device-token-store.js';
import { hashPassword, verifyPassword } from '../access/password.js';
import type { TokenVault } from '../access/token-vault.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Database } from '../platform/database-schema.js';
import type { EstateFile } from './estate-file.js';
import { bridgeRow, contactRows, deviceRow, personRow, placeRows, roleRows, rosterRows } from './estate-rows.js';
import { reconcileRows, type Tally } from './reconcile-rows.js';

export interface ImportOptions {
  /** Tokens for devices that the import creates; others get a random one. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Keeps the tokens for an external broker, sealed. */
  readonly vault?: TokenVault;
  /** Ms since the epoch, for the audit. */
  readonly now: number;
}

/** Rows created, updated, unchanged and removed (roles, zones and duties that the file does not name any more). */
export interface ImportSummary extends Tally {
  removed: number;
  /** What the estate has and the file does not name, e.g. `device jy-6-lift-w`: left as it is, for a person to decide. */
  missing: string[];
  /** By device id: tokens made by this import. They stand nowhere else in the clear. */
  tokens: Record<string, string>;
}

/** One import at a time: two estates may share an organisation and people. Any number that nobody else uses. */
const IMPORT_LOCK = 4_761_001;

/**
 * Brings an estate to what its file says, whole or not at all; a second import of the same file changes nothing.
 * A device's life, token and history belong to the running system once it exists: the file's life counts for a new
 * device and for one that has only been registered.
 * @throws DomainError `conflict` when an id belongs to another estate or a device would change its kind
 */
export async function importEstate(
  db: Kysely<Database>,
  file: EstateFile,
  options: ImportOptions,
): Promise<ImportSummary> {
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(trx);
    // Slow on purpose, so before any row is locked.
    const hashes = await passwordHashes(trx, file);
    const estate = file.estate.id;
    const summary: ImportSummary = { created: 0, updated: 0, unchanged: 0, removed: 0, missing: [], tokens: {} };
    const put = async (table: keyof Database, key: readonly string[], rows: readonly Record<string, unknown>[]) => {
      const tally = await reconcileRows(trx, table, key, rows);
      for (const k of ['created', 'updated', 'unchanged'] as const) summary[k] += tally[k];
    };
    await refuseForeignIds(trx, file);
    const places = placeRows(file);
    for (const table of ['organisation', 'region', 'estate'] as const) await put(table, ['id'], places[table]);
    await trx
      .insertInto('estate_head')
      .values({ estate_id: estate })
      .onConflict((c) => c.doNothing())
      .execute();
    summary.removed = await removeUnnamed(trx, file);
    for (const table of ['building', 'riser', 'unit', 'zone'] as const) await put(table, ['id'], places[table]);
    await put('zone_building', ['zone_id', 'building_id'], places.zone_building);
    await put('zone_unit', ['zone_id', 'unit_id'], places.zone_unit);
    const toKeep: Record<string, string> = {};
    await put('bridge', ['id'], await bridgeRows(trx, file, options, summary.tokens, toKeep));
    await put('device', ['id'], await deviceRows(trx, file, options, summary.tokens, toKeep));
    if (options.vault) await sealTokens(trx, options.vault, toKeep);
    await put(
      'person',
      ['username'],
      file.staff.map((p) => ({ ...personRow(p), password_hash: hashes.get(p.username) ?? null })),
    );
    await put('person_role', ['username', 'estate_id', 'role'], roleRows(file));
    await put('roster_entry', ['id'], rosterRows(file));
    await put('estate_contact', ['id'], contactRows(file));
    summary.missing = await missingFrom(trx, file);

    const { created, updated, removed } = summary;
    if (created + updated + removed > 0) {
      const details = { created, updated, removed, missing: summary.missing.length };
      await trx
        .insertInto('audit')
        .values({ at: new Date(options.now), action: 'estate.imported', target: estate, details })
        .execute();
    }
    await sql`select pg_notify('steward_estate_changed', ${estate})`.execute(trx);
    return summary;
  });
}

/** Keeps the hash of a password that has not changed: a new salt would make every import a change. */
async function passwordHashes(trx: Transaction<Database>, file: EstateFile): Promise<Map<string, string | null>> {
  const usernames = file.staff.map((p) => p.username);
  if (!usernames.length) return new Map();
  const rows = await trx
    .selectFrom('person')
    .select(['username', 'password_hash'])
    .where('username', 'in', usernames)
    .execute();
  const stored = new Map(rows.map((r) => [r.username, r.password_hash]));
  const hashes = await Promise.all(
    file.staff.map(async ({ username, password }): Promise<[string, string | null]> => {
      const hash = stored.get(username) ?? null;
      if (password === null || (hash !== null && (await verifyPassword(password, hash)))) return [username, hash];
      return [username, await hashPassword(password)];
    }),
  );
  return new Map(hashes);
}

/** Ids are unique in the whole service; a second estate with a "b1" must not take the first one's building away. */
async function refuseForeignIds(trx: Transaction<Database>, file: EstateFile): Promise<void> {
  const ids = {
    building: file.buildings.map((b) => b.id),
    riser: file.risers.map((r) => r.id),
    unit: file.units.map((u) => u.id),
    zone: file.zones.map((z) => z.id),
    device: file.devices.map((d) => d.id),
    bridge: file.bridges.map((b) => b.id),
  };
  const foreign: string[] = [];
  for (const [table, wanted] of Object.entries(ids)) {
    const { rows } = await sql<{ id: string; estate_id: string }>`
      select id, estate_id from ${sql.table(table)} where id = any(${wanted}) and estate_id <> ${file.estate.id}
      order by id`.execute(trx);
    foreign.push(...rows.map((r) => `${table} "${r.id}" belongs to the estate "${r.estate_id}"`));
  }
  if (foreign.length > 0) throw new DomainError('conflict', foreign.join('; '), { foreign });
}

async function deviceRows(
  trx: Transaction<Database>,
  file: EstateFile,
  options: ImportOptions,
  newTokens: Record<string, string>,
  toKeep: Record<string, string>,
): Promise<Record<string, unknown>[]> {
  const known = await trx
    .selectFrom('device')
    .select(['id', 'kind', 'life', 'token_sha256'])
    .where('estate_id', '=', file.estate.id)
    .forUpdate()
    .execute();
  const byId = new Map(known.map((d) => [d.id, d]));
  const changed = file.devices.filter((d) => (byId.get(d.id)?.kind ?? d.kind) !== d.kind);
  if (changed.length > 0) {
    // Its topic, its readings and its alarms are those of the old kind.
    const devices = changed.map((d) => `device "${d.id}" is a ${byId.get(d.id)?.kind}, not a ${d.kind}`);
    throw new DomainError('conflict', `${devices.join('; ')}: retire it and give the new one an id of its own`);
  }
  return file.devices.map((d) => {
    const row = deviceRow(file.estate.id, d);
    const before = byId.get(d.id);
    if (before) {
      const life = before.life === 'registered' ? d.life : before.life;
      // Imported before tokens were kept: whoever gives the one that it has, has it kept now.
      const given = options.tokens?.[d.id];
      if (given !== undefined && sha256Hex(given) === before.token_sha256) toKeep[d.id] = given;
      return { ...row, life, token_sha256: before.token_sha256 };
    }
    // Its bridge logs in for it.
    if (d.attributes.via !== undefined) return { ...row, life: d.life, token_sha256: null };
    let token = options.tokens?.[d.id];
    if (token === undefined) newTokens[d.id] = token = generateToken();
    toKeep[d.id] = token;
    return { ...row, life: d.life, token_sha256: sha256Hex(token) };
  });
}

async function bridgeRows(
  trx: Transaction<Database>,
  file: EstateFile,
  options: ImportOptions,
  newTokens: Record<string, string>,
  toKeep: Record<string, string>,
): Promise<Record<string, unknown>[]> {
  const known = await trx
    .selectFrom('bridge')
    .select(['id', 'token_sha256'])
    .where('estate_id', '=', file.estate.id)
    .forUpdate()
    .execute();
  const byId = new Map(known.map((b) => [b.id, b.token_sha256]));
  return file.bridges.map((b) => {
    const row = bridgeRow(file.estate.id, b);
    const before = byId.get(b.id);
    const given = options.tokens?.[b.id];
    if (before !== undefined) {
      if (given !== undefined && sha256Hex(given) === before) toKeep[b.id] = given;
      return { ...row, token_sha256: before };
    }
    const token = given ?? generateToken();
    if (given === undefined) newTokens[b.id] = token;
    toKeep[b.id] = token;
    return { ...row, token_sha256: sha256Hex(token) };
  });
}

/** Plans and rights are the file's alone: what it does not name any more ends. */
async function removeUnnamed(trx: Transaction<Database>, file: EstateFile): Promise<number> {
  const estate = file.estate.id;
  const places = placeRows(file);
  const ofEstate = sql`zone_id in (select id from zone where estate_id = ${estate})`;
  const statements = [
    sql`delete from roster_entry where estate_id = ${estate} and id <> all(${file.roster.map((e) => e.id)})`,
    sql`delete from estate_contact where estate_id = ${estate} and source = 'file'
      and id <> all(${contactRows(file).map((c) => c.id)})`,
    sql`delete from person_role where estate_id = ${estate}
      and username || '/' || role <> all(${roleRows(file).map((r) => `${r.username}/${r.role}`)})`,
    sql`delete from zone_building where ${ofEstate}
      and zone_id || '/' || building_id <> all(${places.zone_building.map((z) => `${z.zone_id}/${z.building_id}`)})`,
    sql`delete from zone_unit where ${ofEstate}
      and zone_id || '/' || unit_id <> all(${places.zone_unit.map((z) => `${z.zone_id}/${z.unit_id}`)})`,
    sql`delete from zone where estate_id = ${estate} and id <> all(${file.zones.map((z) => z.id)})`,
  ];
  let removed = 0;
  for (const statement of statements) removed += Number((await statement.execute(trx)).numAffectedRows ?? 0);
  return removed;
}

async function missingFrom(trx: Transaction<Database>, file: EstateFile): Promise<string[]> {
  const ids = { building: file.buildings, riser: file.risers, unit: file.units, device: file.devices };
  const missing: string[] = [];
  for (const [table, named] of Object.entries(ids)) {
    const retired = table === 'device' ? sql`and life <> 'retired'` : sql``;
    const { rows } = await sql<{ id: string }>`
      select id from ${sql.table(table)} where estate_id = ${file.estate.id}
      and id <> all(${named.map(({ id }) => id)}) ${retired} order by id`.execute(trx);
    missing.push(...rows.map((r) => `${table} ${r.id}`));
  }
  return missing;
}
