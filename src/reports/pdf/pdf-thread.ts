import { Worker } from 'node:worker_threads';
import { DomainError } from '../../kernel/domain-error.js';
import { seconds } from '../../kernel/durations.js';
import type { ReportDocument } from '../report-document.js';
import { findReportFont, type ReportFont } from './report-font.js';

export interface PdfTask {
  readonly report: ReportDocument;
  readonly font: ReportFont;
}
export type PdfWord =
  { readonly type: 'done'; readonly pdf: Uint8Array } | { readonly type: 'failed'; readonly message: string };

/** Pages that ask for one wait a little longer. */
const LONGEST_MS = seconds(80);
const MEMORY_MB = 512;
/** More people than this who wait for a report are told to come again: each holds its document in memory. */
const MOST_WAITING = 8;

/** Reports as PDF, one after the other, each in a thread of its own that ends with it. */
export class PdfThread {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private font: ReportFont | null = null;

  /** @param fontPath from the settings; without it the system's fonts are looked through */
  constructor(private readonly fontPath: string | undefined) {}

  /** @throws DomainError `unavailable` when there is no font, or when too many are waiting */
  async render(report: ReportDocument): Promise<Buffer> {
    const font = (this.font ??= await findReportFont(this.fontPath));
    if (this.waiting >= MOST_WAITING)
      throw new DomainError('unavailable', 'Too many reports are being made. Try again soon.', { reason: 'busy' });
    this.waiting++;
    const turn = this.last.then(() => inThread({ report, font }));
    this.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting--;
    }
  }
}

const tooLong = (): DomainError =>
  new DomainError('unavailable', 'The machine is too busy to set this report now. Try again soon.', { reason: 'busy' });

function inThread(task: PdfTask): Promise<Buffer> {
  const worker = new Worker(new URL('./pdf-worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise<Buffer>((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(tooLong())), LONGEST_MS);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
      void worker.terminate();
    };
    worker.once('message', (word: PdfWord) =>
      end(() => (word.type === 'done' ? resolve(Buffer.from(word.pdf)) : reject(new Error(word.message)))),
    );
    worker.once('error', (error) => end(() => reject(error)));
    worker.once('exit', () => end(() => reject(new Error('the thread that sets reports has ended'))));
  });
}
