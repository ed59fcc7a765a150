import type { Names, PageEvent } from '../../gateway/views.js';
import type { PagePriority } from './reach.js';
import type { ChannelName } from '../../kernel/channels.js';

/** What is told to a person, ready for any carrier. */
export interface ChannelMessage {
  /** `recall`: what was sent before is taken back; `test`: somebody tries the channel, there is no ticket. */
  readonly kind: 'page' | 'recall' | 'test';
  /** Of the page; the same in each try, so that a receiver can drop what it has shown. */
  readonly id: string;
  readonly person: string;
  /** Telephone number of the person, for gateways that ring or write to it. */
  readonly phone: string | null;
  readonly priority: PagePriority;
  readonly title: Names;
  readonly place: Names;
  readonly ticketNo: string | null;
  /** The page as an open screen shows it; null for a test. */
  readonly event: PageEvent | null;
  /** Duress: must make no sound. */
  readonly silent: boolean;
  /** ISO 8601. */
  readonly openedAt: string;
  /** Of a recall: why, and who has taken it. */
  readonly reason: string | null;
  readonly byName: Names | null;
  readonly lang: 'zh' | 'en';
  /** Path on this service that takes word of `delivered` and `seen`; good for this page alone. */
  readonly receiptPath: string;
  /** The same for somebody outside; null while the service does not know its own address. */
  readonly receiptUrl: string | null;
  readonly openUrl: string | null;
}

/** One device or mailbox of a person. */
export interface ChannelAddress {
  /** Stable, tells nothing secret. */
  readonly id: string;
  /** What may be full or hang: sends to one destination wait for each other, never for another one's. */
  readonly destination: string;
  /** For people, without keys. */
  readonly shown: string;
}

export type SendOutcome =
  /** The carrier has it. `delivered`: the device itself has said so in its answer. */
  | { readonly kind: 'accepted'; readonly delivered?: true }
  /** It never will. `gone`: the address is no more. */
  | { readonly kind: 'failed'; readonly reason: string; readonly gone?: true }
  | { readonly kind: 'again'; readonly reason: string };

/**
 * One way to a person. *Delivered* is only what a device says: over the websocket in its answer, by Web Push and by a
 * webhook that calls the receipt address; a carrier's acceptance is `sent` and no more.
 */
export interface PageChannel<A extends ChannelAddress = ChannelAddress> {
  readonly name: ChannelName;
  /** Something can come of a recall at this address. */
  canRecall(address: A): boolean;
  /** There is a way to this person now. */
  ready(person: string): boolean;
  addresses(person: string): readonly A[];
  /** Ends within seconds, whatever the other side does, and never throws. */
  send(message: ChannelMessage, address: A): Promise<SendOutcome>;
}
