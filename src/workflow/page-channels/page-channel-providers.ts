import { randomBytes } from 'node:crypto';
import type { FactoryProvider, Provider } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import type { ChannelName } from '../../kernel/channels.js';
import { TokenVault } from '../../access/token-vault.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { Metrics } from '../../ops/metrics.js';
import { CHANNEL_PLANS, KnownChannelPlans } from '../../paging/channels/channel-plans.js';
import { DestinationLanes } from '../../paging/channels/destination-lanes.js';
import { EmailChannel } from '../../paging/channels/email-channel.js';
import type { PageChannel } from '../../paging/channels/page-channel.port.js';
import { ReachBook } from '../../paging/channels/reach-book.js';
import { ReceiptTokens } from '../../paging/channels/receipt-token.js';
import { WebPushChannel } from '../../paging/channels/web-push-channel.js';
import { WebhookChannel } from '../../paging/channels/webhook-channel.js';
import { PageDelivery } from '../../paging/page-delivery.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { EstateTransactions } from '../../platform/estate-transaction.js';
import type { Foundation } from '../../platform/foundation.module.js';
import { FOUNDATION } from '../../platform/foundation-token.js';
import { OUTBOUND_HTTP, type OutboundHttp } from '../../platform/outbound-http.js';
import { PageReceipts } from '../page-receipts.js';
import { SlotEscalation } from '../slot-escalation.js';
import { ChannelCourier } from './channel-courier.js';
import { ChannelJobs } from './channel-jobs.js';
import { ChannelMessages } from './channel-messages.js';
import { ChannelOutcomes } from './channel-outcomes.js';
import { ChannelSender } from './channel-sender.js';
import { ChannelWorkStore } from './channel-work-store.js';
import { DeadLetters } from './dead-letters.js';
import { TestPages } from './test-pages.js';

/** Ways by name; those that are not set up are missing. */
export type PageChannels = ReadonlyMap<ChannelName, PageChannel>;
export const PAGE_CHANNELS = Symbol('PageChannels');

/** Typed by its parameters: what is injected, in order. */
const made = <T extends unknown[]>(
  provide: FactoryProvider['provide'],
  inject: FactoryProvider['inject'],
  useFactory: (...parts: T) => unknown,
): Provider => ({ provide, inject, useFactory }) as FactoryProvider;

function channelsOf(delivery: PageDelivery, book: ReachBook, http: OutboundHttp, f: Foundation): PageChannels {
  const setup = f.channels;
  if (!setup) return new Map<ChannelName, PageChannel>([['websocket', delivery.channel]]);
  const all: PageChannel[] = [
    delivery.channel,
    new WebPushChannel(http, book.of, setup.vapid, setup.contact),
    new WebhookChannel(http, book.of, Date.now),
    ...(setup.mail ? [new EmailChannel(setup.mail, book.of)] : []),
  ];
  return new Map(all.map((c) => [c.name, c]));
}

/** From a page's row to a carrier and back. */
export const pageChannelProviders: Provider[] = [
  made(
    ReachBook,
    [DATABASE, { token: TokenVault, optional: true }, FOUNDATION],
    // Without a vault nothing was sealed, and nothing can be opened.
    (db: Kysely<Database>, vault: TokenVault | undefined, f: Foundation) =>
      new ReachBook(db, vault ?? new TokenVault(randomBytes(32)), f.channels?.vapid.publicKey ?? ''),
  ),
  made(PAGE_CHANNELS, [PageDelivery, ReachBook, OUTBOUND_HTTP, FOUNDATION], channelsOf),
  made(
    CHANNEL_PLANS,
    [ReachBook, PAGE_CHANNELS],
    (book: ReachBook, channels: PageChannels) => new KnownChannelPlans(book.of, channels),
  ),
  made(ReceiptTokens, [FOUNDATION], (f: Foundation) => new ReceiptTokens(f.channels?.receiptKey ?? '')),
  made(ChannelCourier, [PageDelivery], (delivery: PageDelivery) => new ChannelCourier(delivery)),
  made(ChannelWorkStore, [DATABASE, CLOCK], (db: Kysely<Database>, clock: Clock) => new ChannelWorkStore(db, clock)),
  made(
    ChannelOutcomes,
    [DATABASE, CLOCK, EstateTransactions, SlotEscalation, PageReceipts, DirectoryHolder, ReachBook, Metrics],
    (
      db: Kysely<Database>,
      clock: Clock,
      transactions: EstateTransactions,
      escalation: SlotEscalation,
      receipts: PageReceipts,
      directory: DirectoryHolder,
      book: ReachBook,
      metrics: Metrics,
    ) => new ChannelOutcomes(db, clock, transactions, escalation, receipts, { directory, book, metrics }),
  ),
  made(
    ChannelSender,
    [
      DATABASE,
      PAGE_CHANNELS,
      DirectoryHolder,
      ReachBook,
      ReceiptTokens,
      FOUNDATION,
      ChannelWorkStore,
      ChannelOutcomes,
      ChannelCourier,
    ],
    (
      db: Kysely<Database>,
      channels: PageChannels,
      directory: DirectoryHolder,
      book: ReachBook,
      tokens: ReceiptTokens,
      f: Foundation,
      work: ChannelWorkStore,
      outcomes: ChannelOutcomes,
      courier: ChannelCourier,
    ) => {
      const messages = new ChannelMessages(directory, book.of, tokens, f.channels?.publicUrl ?? null);
      const jobs = new ChannelJobs(db, messages);
      const sender = new ChannelSender(channels, new DestinationLanes(), jobs, work, outcomes);
      courier.sender = sender;
      return sender;
    },
  ),
  made(
    DeadLetters,
    [DATABASE, EstateTransactions, DirectoryHolder, ChannelWorkStore, ChannelSender],
    (
      db: Kysely<Database>,
      transactions: EstateTransactions,
      directory: DirectoryHolder,
      work: ChannelWorkStore,
      sender: ChannelSender,
    ) => new DeadLetters(db, transactions, directory, work, sender),
  ),
  made(
    TestPages,
    [DATABASE, CLOCK, PAGE_CHANNELS, ChannelSender],
    (db: Kysely<Database>, clock: Clock, channels: PageChannels, sender: ChannelSender) =>
      new TestPages(db, clock, channels, sender),
  ),
];

export const pageChannelExports = [
  PAGE_CHANNELS,
  ReachBook,
  ReceiptTokens,
  ChannelSender,
  ChannelOutcomes,
  DeadLetters,
  TestPages,
];
