import type { RemindEvent } from '../../gateway/views.js';
import type { OutgoingPage, PageCourier, Recall } from '../../paging/page-courier.port.js';
import type { PageDelivery } from '../../paging/page-delivery.js';
import type { ChannelSender } from './channel-sender.js';

/** Gives each page to the way it was made for. Open screens first: they need no carrier. */
export class ChannelCourier implements PageCourier {
  /** Put in once it is made: it escalates what it loses, and escalation pages by this courier. */
  sender: Pick<ChannelSender, 'begin' | 'look'> | null = null;

  constructor(private readonly screens: PageDelivery) {}

  send(pages: readonly OutgoingPage[]): void {
    this.screens.send(pages.filter((p) => p.page.channel === 'websocket'));
    for (const { page } of pages) if (page.channel !== 'websocket') this.sender?.begin(`page-${page.id}`);
  }

  recall(recalls: readonly Recall[]): void {
    this.screens.recall(recalls);
    // Of those that went out by a carrier there is work in the outbox; of the others there is none, and nothing is done.
    for (const { event } of recalls) void this.sender?.look(`recall-${event.pageId}`).catch(() => undefined);
  }

  remind(person: string, event: RemindEvent): void {
    this.screens.remind(person, event);
  }
}
