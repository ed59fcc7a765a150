import type { Names, PageEvent, RecallEvent } from '../../src/gateway/views.js';

/** The pages in front of one person: which are open, which ring, which must never ring again. Pure. */
interface OpenPage {
  readonly page: PageEvent;
  /** Sounds until somebody has seen it; never for a silent page (duress). */
  readonly rings: boolean;
}
/** Told once when a page is taken away: by whom, or that it was withdrawn. */
interface TakenNotice {
  readonly ticketId: string;
  readonly title: Names;
  readonly place: Names;
  readonly by: string | null;
  readonly byName: Names | null;
}
export interface PageInbox {
  readonly open: readonly OpenPage[];
  /** Ids shown once: a repeat is an attempt of the same page and is dropped. */
  readonly shown: ReadonlySet<string>;
  /** Ids recalled, also before their page came: such a page never rings. */
  readonly recalled: ReadonlySet<string>;
  readonly notice: TakenNotice | null;
}

export const emptyInbox: PageInbox = { open: [], shown: new Set(), recalled: new Set(), notice: null };

const without = (inbox: PageInbox, pageId: string) => inbox.open.filter((o) => o.page.pageId !== pageId);

/** Most urgent first, then the oldest. */
const inOrder = (open: readonly OpenPage[]): OpenPage[] =>
  [...open].sort((a, b) =>
    a.page.priority === b.page.priority
      ? a.page.openedAt.localeCompare(b.page.openedAt)
      : a.page.priority.localeCompare(b.page.priority),
  );

/** `quiet`: silenced on this device before a reload, so that it is shown without ringing. */
export const receivePage = (inbox: PageInbox, page: PageEvent, quiet = false): PageInbox => {
  if (inbox.shown.has(page.pageId) || inbox.recalled.has(page.pageId)) return inbox;
  return {
    ...inbox,
    open: inOrder([...inbox.open, { page, rings: !page.silent && !quiet }]),
    shown: new Set(inbox.shown).add(page.pageId),
  };
};

/** `me`: who reads; a page that the reader took on another device goes away without a word. */
export const recallPage = (inbox: PageInbox, recall: RecallEvent, me: string): PageInbox => {
  const gone = inbox.open.find((o) => o.page.pageId === recall.pageId);
  // Whoever reported the rescue ended the page too, but has not accepted it.
  const taken = recall.reason === 'taken';
  const notice: TakenNotice | null =
    gone && recall.by !== me
      ? {
          ticketId: recall.ticketId,
          title: gone.page.title,
          place: gone.page.place,
          by: taken ? recall.by : null,
          byName: taken ? recall.byName : null,
        }
      : inbox.notice;
  return {
    ...inbox,
    open: without(inbox, recall.pageId),
    recalled: new Set(inbox.recalled).add(recall.pageId),
    notice,
  };
};

/** A person has seen it: it stays on the screen, quiet. */
export const silencePage = (inbox: PageInbox, pageId: string): PageInbox =>
  inbox.open.some((o) => o.page.pageId === pageId && o.rings)
    ? { ...inbox, open: inbox.open.map((o) => (o.page.pageId === pageId ? { ...o, rings: false } : o)) }
    : inbox;

/** Answered here (accepted, declined, refused): it leaves the screen. */
export const closePage = (inbox: PageInbox, pageId: string): PageInbox => ({ ...inbox, open: without(inbox, pageId) });

/** Answered on another of its pages, or taken by somebody else: all pages of the ticket leave the screen. */
export const closeTicket = (inbox: PageInbox, ticketId: string): PageInbox => ({
  ...inbox,
  open: inbox.open.filter((o) => o.page.ticketId !== ticketId),
});

export const ringing = (inbox: PageInbox): readonly PageEvent[] => inbox.open.filter((o) => o.rings).map((o) => o.page);
