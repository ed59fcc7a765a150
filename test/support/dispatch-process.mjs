// Another Steward that only decides: node dispatch-process.mjs, with an IPC channel and DATABASE_URL. It answers
// {type: 'ready'}; told {id, now, job} it does the job at that time of its clock and answers {id, code, errors}: code null =
// done, 'defect' = not refused in domain words; errors = what its log says that somebody would have to act on.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditService } from '../../dist/src/access/audit.service.js';
import { TokenVault } from '../../dist/src/access/token-vault.js';
import { DirectoryHolder } from '../../dist/src/estate/directory-holder.js';
import { loadDirectory } from '../../dist/src/estate/load-directory.js';
import { DomainError } from '../../dist/src/kernel/domain-error.js';
import { OpsModule } from '../../dist/src/ops/ops.module.js';
import { createDatabase, createPool } from '../../dist/src/platform/database.js';
import { EstateTransactions } from '../../dist/src/platform/estate-transaction.js';
import { FoundationModule } from '../../dist/src/platform/foundation.module.js';
import { ProfileBook } from '../../dist/src/telemetry/profiles/profile-book.js';
import { AlarmCommands } from '../../dist/src/workflow/alarm-commands.js';
import { DeadlineService } from '../../dist/src/workflow/deadline-service.js';
import { EmergencyFlow } from '../../dist/src/workflow/emergency-flow.js';
import { PageReceipts } from '../../dist/src/workflow/page-receipts.js';
import { TicketCommands } from '../../dist/src/workflow/ticket-commands.js';
import { WorkflowModule } from '../../dist/src/workflow/workflow.module.js';

const nothing = () => undefined;
const errors = [];
const log = {
  ...{ error: (m) => errors.push(String(m)), fatal: (m) => errors.push(String(m)) },
  ...{ log: nothing, warn: nothing, debug: nothing, verbose: nothing },
};
Logger.overrideLogger(log);
process.on('disconnect', () => process.exit(0));

const clock = { at: 0, now: () => clock.at };
const databaseUrl = process.env.DATABASE_URL;
const open = (name) => createDatabase(createPool({ url: databaseUrl, name, max: 6 }));
const database = open('general');
const directory = new DirectoryHolder(await loadDirectory(database));
const quiet = () => Promise.resolve();
const foundation = {
  ...{ clock, databaseUrl, database, emergencyDatabase: open('emergency'), batch: { rows: 1, ms: 1 } },
  workQueue: {
    add: quiet,
    handle: nothing,
    start: quiet,
    stop: quiet,
    onBack: nothing,
    trouble: () => Promise.resolve(null),
  },
  extra: [
    { provide: DirectoryHolder, useValue: directory },
    { provide: TokenVault, useValue: new TokenVault(randomBytes(32)) },
    { provide: AuditService, useValue: new AuditService(database) },
    { provide: ProfileBook, useValue: new ProfileBook(database, new Map()) },
  ],
};
class Root {}
Module({ imports: [FoundationModule.forRoot(foundation), OpsModule, WorkflowModule] })(Root);
const app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
Logger.overrideLogger(log);

const tickets = app.get(TicketCommands);
const alarms = app.get(AlarmCommands);
const principal = (username) => {
  const { names, roles } = directory.current.person(username);
  return { username, names, roles };
};
const tell = ({ kind, event, device: id }) => {
  const device = directory.current.device(id);
  const subject = { type: 'device', id };
  return app.get(EstateTransactions).run(device.estate, (tx) => {
    const finding = { kind, event, subject, since: tx.now, reason: `${kind} in a test`, evidence: { floor: 4 } };
    return app.get(EmergencyFlow).apply(tx, finding, device);
  });
};
const JOBS = {
  tell,
  accept: (j) => tickets.accept(j.estate, j.ticket, principal(j.who), {}),
  decline: (j) => tickets.decline(j.estate, j.ticket, principal(j.who), {}),
  move: (j) => tickets.move(j.estate, j.ticket, j.move, principal(j.who), { reason: 'in a test' }),
  reassure: (j) => tickets.reassure(j.estate, j.ticket, principal(j.who), undefined),
  ack: (j) => alarms.ack(j.estate, j.alarm, principal(j.who)),
  end: (j) => alarms.end(j.estate, j.alarm, principal(j.who), j.how, undefined),
  escalate: () => app.get(DeadlineService).scan(),
  confirm: async (j) => {
    for (const id of j.pages) app.get(PageReceipts).note(j.estate, id, j.receipt);
    await app.get(PageReceipts).flushAll();
  },
};

process.on('message', async ({ id, now, job }) => {
  clock.at = now;
  let code = null;
  let text = '';
  let served = 0;
  try {
    served = (await JOBS[job.kind === 'raise' || job.kind === 'clear' ? 'tell' : job.kind](job)) ?? 0;
  } catch (error) {
    code = error instanceof DomainError ? error.code : 'defect';
    text = error.stack;
  }
  process.send({ type: 'done', id, code, text, served: Number(served) || 0, errors: errors.splice(0) });
});
process.send({ type: 'ready' });
