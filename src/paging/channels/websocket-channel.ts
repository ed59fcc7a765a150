import type { PageEvent } from '../../gateway/views.js';
import type { PersonSockets } from '../person-sockets.js';
import type { ChannelAddress, ChannelMessage, PageChannel, SendOutcome } from './page-channel.port.js';

/** A phone that is connected answers in well under a second; after that the repeat takes over. */
const ACK_TIMEOUT_MS = 5000;

/** The sockets of a person's open screens. What they acknowledge is delivered. */
export class WebsocketChannel implements PageChannel {
  readonly name = 'websocket';

  constructor(
    private readonly sockets: PersonSockets,
    private readonly ackMs = ACK_TIMEOUT_MS,
  ) {}

  canRecall(): boolean {
    return true;
  }

  ready(person: string): boolean {
    return this.sockets.of(person).length > 0;
  }

  addresses(person: string): ChannelAddress[] {
    return this.ready(person) ? [{ id: 'sockets', destination: `sockets ${person}`, shown: 'open screens' }] : [];
  }

  /**
   * Hands a page to every open screen and does not wait; `delivered` is called when one has it.
   * @returns how many screens there are
   */
  hand(person: string, event: PageEvent, delivered: () => void): number {
    const sockets = this.sockets.of(person);
    for (const s of sockets) {
      s.timeout(this.ackMs).emit('page', event, (error: Error | null) => {
        if (!error) delivered();
      });
    }
    return sockets.length;
  }

  send(message: ChannelMessage): Promise<SendOutcome> {
    const sockets = this.sockets.of(message.person);
    if (sockets.length === 0) return Promise.resolve({ kind: 'again', reason: 'no screen is open' });
    if (message.kind === 'recall') {
      const { id: pageId, event, reason, byName } = message;
      const recall = { pageId, ticketId: event?.ticketId ?? '', by: null, byName, reason: reason ?? 'withdrawn' };
      for (const s of sockets) s.emit('recall', recall);
      return Promise.resolve({ kind: 'accepted' });
    }
    return new Promise((resolve) => {
      let silent = sockets.length;
      const answered = (error: Error | null): void => {
        if (!error) resolve({ kind: 'accepted', delivered: true });
        else if (--silent === 0) resolve({ kind: 'again', reason: 'no screen has confirmed it' });
      };
      for (const s of sockets) {
        const asked = s.timeout(this.ackMs);
        if (message.kind === 'page') asked.emit('page', message.event, answered);
        else asked.emit('test-page', { pageId: message.id, at: message.openedAt }, answered);
      }
    });
  }
}
