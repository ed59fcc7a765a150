import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { CompactionRounds } from './compaction-rounds.js';
import type { HistoryKeeper } from './history-keeper.js';
import { InfluxDrain } from './influx-drain.js';
import { RightOfWay } from './right-of-way.js';
import type { KeeperTask, KeeperWord } from './keeper-thread.js';

/*
 * The thread that packs readings or writes them to InfluxDB: decoding and compressing thousands at a time would hold up
 * PUBACKs and pages in the thread of the service.
 */
// Linux counts priorities by thread: packing takes what readings and pages leave. Elsewhere it would be the whole process.
if (process.platform === 'linux') {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Not allowed here: it packs all the same.
  }
}

const task = workerData as KeeperTask;
const say = (word: KeeperWord): void => parentPort?.postMessage(word);
const told = {
  onFailed: (error: Error) => say({ type: 'failed', message: error.message }),
  onRecovered: () => say({ type: 'recovered' }),
  onRefused: (refused: Extract<KeeperWord, { type: 'refused' }>['refused']) => say({ type: 'refused', refused }),
  onDropped: (readings: number) => say({ type: 'dropped', readings }),
};
const keeper: HistoryKeeper =
  task.influxUrl === undefined
    ? new CompactionRounds({ ...task, ...told, now: () => Date.now() + task.aheadMs, way: new RightOfWay(task.way) })
    : new InfluxDrain({ ...task, ...told, influxUrl: task.influxUrl });
parentPort?.once('message', () => {
  void keeper.stop().finally(() => parentPort?.close());
});
await keeper.start();
