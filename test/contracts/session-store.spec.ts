import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { AuditService } from '../../src/access/audit.service.js';
import { KyselySessionStore } from '../../src/access/kysely-session-store.js';
import { CONTRACT_PEOPLE, sessionStoreContract } from '../../src/access/session-store.contract.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  await database.pool.query(`
    insert into organisation values ('o', '组', 'O'); insert into region values ('r', 'o', '区', 'R');
    insert into estate (id, region_id, name_zh, name_en) values ('e1', 'r', '一', '1'), ('e2', 'r', '二', '2')`);
  for (const { username, names, passwordHash, active, roles } of CONTRACT_PEOPLE) {
    const person = { username, name_zh: names.zh, name_en: names.en, password_hash: passwordHash, active };
    await database.db.insertInto('person').values(person).execute();
    for (const { estate, role } of roles) {
      await database.db.insertInto('person_role').values({ username, estate_id: estate, role }).execute();
    }
  }
});
afterAll(() => database?.stop());

sessionStoreContract('PostgreSQL', async () => {
  await database.pool.query('truncate session');
  return new KyselySessionStore(database.db);
});

it('an audit entry stands or falls with the transaction that it belongs to', async () => {
  const { db } = database;
  const audit = new AuditService(db);
  await audit.record({ actor: 'li.na', action: 'kept', target: 'd1', details: { n: 1 } });
  await db.transaction().execute((trx) => audit.record({ actor: null, action: 'committed' }, trx));
  const undone = db.transaction().execute(async (trx) => {
    await audit.record({ actor: null, action: 'undone' }, trx);
    throw new Error('undo');
  });
  await expect(undone).rejects.toThrow('undo');
  expect(await db.selectFrom('audit').select(['actor', 'action', 'target', 'details']).orderBy('id').execute()).toEqual(
    [
      { actor: 'li.na', action: 'kept', target: 'd1', details: { n: 1 } },
      { actor: null, action: 'committed', target: null, details: {} },
    ],
  );
});
