// Another Steward that finds something: node trigger-process.mjs, with an IPC channel and DATABASE_URL. It answers
// {type: 'ready'}, takes [{device, event, kind}], applies all of them at once, and answers {type: 'done', failures}.
import 'reflect-metadata';
import { DirectoryHolder } from '../../dist/src/estate/directory-holder.js';
import { loadDirectory } from '../../dist/src/estate/load-directory.js';
import { Metrics } from '../../dist/src/ops/metrics.js';
import { createDatabase, createPool } from '../../dist/src/platform/database.js';
import { EstateTransactions } from '../../dist/src/platform/estate-transaction.js';
import { SystemClock } from '../../dist/src/platform/system-clock.js';
import { AlarmEndings } from '../../dist/src/workflow/alarm-endings.js';
import { AlarmJoins } from '../../dist/src/workflow/alarm-joins.js';
import { EmergencyFlow } from '../../dist/src/workflow/emergency-flow.js';
import { SlotEscalation } from '../../dist/src/workflow/slot-escalation.js';
import { TicketOpening } from '../../dist/src/workflow/ticket-opening.js';

const db = createDatabase(createPool({ url: process.env.DATABASE_URL, name: 'test trigger', max: 12 }));
const directory = new DirectoryHolder(await loadDirectory(db));
const metrics = new Metrics();
const escalation = new SlotEscalation(directory, { send: () => undefined, recall: () => undefined });
const joins = new AlarmJoins(directory, escalation, new AlarmEndings());
const flow = new EmergencyFlow(directory, new TicketOpening(directory, escalation, metrics), joins, metrics);
const transactions = new EstateTransactions(db, new SystemClock());

/** As the intake does: whoever found no free connection in time tries again, and what is not stored is not acknowledged. */
const untilConnected = async (work) => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!/timeout exceeded when trying to connect/.test(error.message)) throw error;
    }
  }
};

const trigger = ({ device: id, event, kind }) => {
  const device = directory.current.device(id);
  return transactions.run(device.estate, (tx) =>
    flow.apply(
      tx,
      { kind, event, subject: { type: 'device', id }, since: tx.now, reason: 'in a test', evidence: {} },
      device,
    ),
  );
};

process.on('message', async (findings) => {
  const failures = [];
  await Promise.all(
    findings.map((f) => untilConnected(() => trigger(f)).catch((e) => failures.push(`${e.code ?? ''} ${e.message}`))),
  );
  process.send({ type: 'done', failures });
});
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready' });
