import type { ChannelName } from '../../kernel/channels.js';
import type { ChannelAddress, ChannelMessage, PageChannel, SendOutcome } from './page-channel.port.js';

/** A carrier in memory: it takes what it is given, or behaves as it is told. */
export class FakePageChannel implements PageChannel {
  readonly sent: { message: ChannelMessage; address: ChannelAddress }[] = [];
  /** Addresses by person. */
  readonly people = new Map<string, readonly ChannelAddress[]>();
  /** Asked for each send; without an answer of its own the message is taken. */
  behaviour: (message: ChannelMessage, address: ChannelAddress) => Promise<SendOutcome> | null = () => null;

  constructor(readonly name: ChannelName) {}

  canRecall(): boolean {
    return true;
  }

  ready(person: string): boolean {
    return this.addresses(person).length > 0;
  }

  addresses(person: string): readonly ChannelAddress[] {
    return this.people.get(person) ?? [];
  }

  send(message: ChannelMessage, address: ChannelAddress): Promise<SendOutcome> {
    const own = this.behaviour(message, address);
    if (own) return own;
    this.sent.push({ message, address });
    return Promise.resolve({ kind: 'accepted' });
  }
}
