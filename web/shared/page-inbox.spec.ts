import { describe, expect, it } from '@jest/globals';
import type { PageEvent } from '../../src/gateway/views.js';
import { closePage, emptyInbox, recallPage, receivePage, ringing, silencePage } from './page-inbox.js';

const page = (pageId: string, more: Partial<PageEvent> = {}): PageEvent => ({
  pageId,
  ticketId: 't',
  seq: 1,
  estate: 'e',
  priority: 'P1',
  event: 'elevator.entrapment-between-floors',
  title: { zh: '非平层困人', en: 'Entrapment' },
  place: { zh: '6栋西梯', en: 'Building 6' },
  openedAt: '2026-01-01T00:00:00.000Z',
  slot: 'responder',
  round: 0,
  level: 0,
  silent: false,
  drill: false,
  ...more,
});
const recall = (pageId: string, by: string | null = 'wang.qiang') => ({
  pageId,
  ticketId: 't',
  by,
  byName: by ? { zh: '王强', en: 'Wang Qiang' } : null,
  reason: 'taken',
});

describe('the pages in front of a person', () => {
  it('ring until seen, and stay on the screen after', () => {
    const inbox = receivePage(emptyInbox, page('1'));
    expect(ringing(inbox)).toHaveLength(1);
    const seen = silencePage(inbox, '1');
    expect(ringing(seen)).toHaveLength(0);
    expect(seen.open).toHaveLength(1);
  });

  it('drop an id that was shown, also after it was answered', () => {
    const inbox = closePage(receivePage(emptyInbox, page('1')), '1');
    expect(receivePage(inbox, page('1')).open).toHaveLength(0);
  });

  it('never ring for a silent page', () => {
    const inbox = receivePage(emptyInbox, page('1', { silent: true }));
    expect(inbox.open).toHaveLength(1);
    expect(ringing(inbox)).toHaveLength(0);
  });

  it('stop ringing when recalled, and say who took it', () => {
    const inbox = recallPage(receivePage(emptyInbox, page('1')), recall('1'), 'li.min');
    expect(inbox.open).toHaveLength(0);
    expect(inbox.notice?.byName?.en).toBe('Wang Qiang');
  });

  it('say that they were withdrawn, and not that somebody took them, when the ticket is over', () => {
    const rescued = { ...recall('1'), reason: 'rescued' };
    const { notice } = recallPage(receivePage(emptyInbox, page('1')), rescued, 'li.min');
    expect(notice).toMatchObject({ ticketId: 't', by: null, byName: null });
  });

  it('never show a page whose recall came first, and say nothing about it', () => {
    const inbox = receivePage(recallPage(emptyInbox, recall('1'), 'li.min'), page('1'));
    expect(inbox.open).toHaveLength(0);
    expect(inbox.notice).toBeNull();
  });

  it('do not tell the reader that the reader took it', () => {
    const inbox = recallPage(receivePage(emptyInbox, page('1')), recall('1', 'li.min'), 'li.min');
    expect(inbox.open).toHaveLength(0);
    expect(inbox.notice).toBeNull();
  });

  it('put danger before damage', () => {
    const inbox = receivePage(receivePage(emptyInbox, page('2', { priority: 'P2' })), page('1'));
    expect(inbox.open.map((o) => o.page.pageId)).toEqual(['1', '2']);
  });
});
