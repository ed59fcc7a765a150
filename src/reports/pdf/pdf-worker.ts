import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { PdfTask, PdfWord } from './pdf-thread.js';
import { renderPdf } from './render-pdf.js';

/*
 * The thread that sets one report. Reading a Chinese font takes a second or two of the processor: in the thread of the
 * service no page would leave meanwhile.
 */
// Linux counts priorities by thread: readings and pages go first. Not the lowest of all, or a busy machine would never come
// to it while somebody waits. Elsewhere it would be the whole process.
if (process.platform === 'linux') {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: it is made all the same.
  }
}

const { report, font } = workerData as PdfTask;
const say = (word: PdfWord): void => parentPort?.postMessage(word);
try {
  say({ type: 'done', pdf: await renderPdf(report, font) });
} catch (error) {
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
