import { TokenVault } from '../../src/access/token-vault.js';
import type { ChannelName } from '../../src/kernel/channels.js';
import type { Clock } from '../../src/kernel/clock.js';
import { Metrics } from '../../src/ops/metrics.js';
import { KnownChannelPlans } from '../../src/paging/channels/channel-plans.js';
import { DestinationLanes } from '../../src/paging/channels/destination-lanes.js';
import { FakePageChannel } from '../../src/paging/channels/fake-page-channel.js';
import { ReachBook } from '../../src/paging/channels/reach-book.js';
import { ReceiptTokens } from '../../src/paging/channels/receipt-token.js';
import type { RetryPace } from '../../src/paging/channels/retry-pace.js';
import { ChannelJobs } from '../../src/workflow/page-channels/channel-jobs.js';
import { ChannelMessages } from '../../src/workflow/page-channels/channel-messages.js';
import { ChannelOutcomes } from '../../src/workflow/page-channels/channel-outcomes.js';
import { ChannelSender } from '../../src/workflow/page-channels/channel-sender.js';
import { ChannelWorkStore } from '../../src/workflow/page-channels/channel-work-store.js';
import { DeadLetters } from '../../src/workflow/page-channels/dead-letters.js';
import { PageReceipts } from '../../src/workflow/page-receipts.js';
import { Dispatch } from './dispatch.js';

const KEY = Buffer.alloc(32, 7);

/** Dispatch with carriers in memory: one process, as far as sends are concerned. */
export class ChannelRig {
  readonly ways = {
    websocket: new FakePageChannel('websocket'),
    'web-push': new FakePageChannel('web-push'),
    webhook: new FakePageChannel('webhook'),
    email: new FakePageChannel('email'),
  };

  private constructor(
    readonly dispatch: Dispatch,
    readonly book: ReachBook,
    readonly sender: ChannelSender,
    readonly letters: DeadLetters,
    readonly receipts: PageReceipts,
    readonly work: ChannelWorkStore,
  ) {}

  static async on(url: string, clock: Clock, pace: RetryPace, ways = fakes()): Promise<ChannelRig> {
    const channels = new Map<ChannelName, FakePageChannel>(ways.map((w) => [w.name, w]));
    const books: ReachBook[] = [];
    const dispatch = await Dispatch.on(url, clock, new KnownChannelPlans((p) => books[0]!.of(p), channels));
    const { db, directory, transactions, escalation } = dispatch;
    const book = new ReachBook(db, new TokenVault(KEY), 'vapid');
    books.push(book);
    await book.load();
    const metrics = new Metrics();
    const receipts = new PageReceipts(transactions, directory, metrics);
    const work = new ChannelWorkStore(db, clock);
    const outcomes = new ChannelOutcomes(db, clock, transactions, escalation, receipts, { directory, book, metrics });
    const messages = new ChannelMessages(directory, book.of, new ReceiptTokens('key'), 'https://steward.example');
    const sender = new ChannelSender(
      channels,
      new DestinationLanes(),
      new ChannelJobs(db, messages),
      work,
      outcomes,
      pace,
    );
    const letters = new DeadLetters(db, transactions, directory, work, sender);
    const rig = new ChannelRig(dispatch, book, sender, letters, receipts, work);
    for (const w of ways) Object.assign(rig.ways, { [w.name]: w });
    return rig;
  }

  /** The courier of this rig only takes notes: this hands over what it noted, as the real one does after the commit. */
  carry(): void {
    const { sent, recalled } = this.dispatch.courier;
    for (const { page } of sent.splice(0)) if (page.channel !== 'websocket') this.sender.begin(`page-${page.id}`);
    for (const { event } of recalled.splice(0)) void this.sender.look(`recall-${event.pageId}`);
  }

  async close(): Promise<void> {
    await this.sender.stop();
    await this.receipts.flushAll();
    await this.dispatch.close();
  }
}

export const fakes = (): FakePageChannel[] =>
  (['websocket', 'web-push', 'webhook', 'email'] as const).map((name) => new FakePageChannel(name));
