import { localClock, localDay } from '../local-stamp.js';
import type { Cell, ReportLang, Section } from '../report-document.js';
import { word } from '../report-words.js';
import { spanWords } from '../span-words.js';
import type { PageRow } from '../../tickets/ticket-record.js';
import type { RescueFacts } from './rescue-facts.js';
import { personIn } from './timeline-section.js';

/** Who held which slot and when, and who was paged how, with what the phones have confirmed. */
export function peopleSections(facts: RescueFacts, lang: ReportLang): Section[] {
  return [slots(facts, lang), pages(facts, lang)];
}

interface Tenure {
  readonly slot: string;
  readonly person: string;
  readonly from: number;
  to: number | null;
  enRoute: number | null;
  onSite: number | null;
  readonly how: string;
}

/** Holders from the journal: a slot itself knows only its last one. */
function tenures(facts: RescueFacts, lang: ReportLang): Tenure[] {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const found: Tenure[] = [];
  const current = (slot: unknown): Tenure | undefined => found.findLast((t) => t.slot === slot && t.to === null);
  for (const { kind, at, payload, actor } of facts.lines) {
    const slot = String(payload['slot'] ?? '');
    if (kind === 'accepted') {
      const onBehalf = typeof payload['onBehalfOf'] === 'string';
      const by = personIn(facts, actor, lang);
      const how = onBehalf ? say(`电话中由 ${by} 代接`, `by telephone, through ${by}`) : say('本人接单', 'accepted');
      const person = String(payload['holder'] ?? actor ?? '');
      found.push({ slot, person, from: at, to: null, enRoute: null, onSite: null, how });
    } else if (kind === 'slot-reopened' || kind === 'reassigned') {
      const t = current(slot);
      if (t) t.to = at;
    } else if (kind === 'ticket-raised' || kind === 'recurred') {
      for (const t of found) t.to ??= at;
    } else if (kind === 'moved') {
      const t = current(slot);
      if (t && payload['move'] === 'en-route') t.enRoute ??= at;
      if (t && payload['move'] === 'on-site') t.onSite ??= at;
    }
  }
  return found;
}

function slots(facts: RescueFacts, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const zone = facts.estate.timezone;
  const day = localDay(zone, facts.ticket.opened_at.getTime());
  const clock = (at: number | null): string => (at === null ? '–' : localClock(zone, at, day));
  const held = tenures(facts, lang);
  const never = facts.slots.filter((s) => !held.some((t) => t.slot === s.slot));
  return {
    title: say('谁在处理', 'Who had it'),
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: say('岗位', 'Slot'), share: 22 },
          { title: say('人员', 'Who'), share: 18 },
          { title: say('接单', 'Accepted'), share: 13 },
          { title: say('出发', 'On the way'), share: 13 },
          { title: say('到场', 'On the spot'), share: 13 },
          { title: say('备注', 'Remark'), share: 25 },
        ],
        rows: [
          ...held.map((t): Cell[] => [
            { text: word('slot', t.slot, lang) },
            { text: personIn(facts, t.person, lang) },
            { text: clock(t.from) },
            { text: clock(t.enRoute) },
            { text: clock(t.onSite) },
            t.to === null
              ? { text: t.how }
              : {
                  text: say(`${t.how};${clock(t.to)} 重新呼叫`, `${t.how}; paged anew at ${clock(t.to)}`),
                  mark: 'late',
                },
          ]),
          ...never.map((s): Cell[] => [
            { text: word('slot', s.slot, lang) },
            s.state === 'pending' ? { text: '–', mark: 'muted' } : { text: say('无人接单', 'nobody'), mark: 'late' },
            ...[{ text: '–' }, { text: '–' }, { text: '–' }],
            { text: s.state === 'pending' ? say('未开始呼叫', 'was not paged') : '', mark: 'muted' },
          ]),
        ],
        empty: '–',
      },
    ],
  };
}

function pages(facts: RescueFacts, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const zone = facts.estate.timezone;
  const day = localDay(zone, facts.ticket.opened_at.getTime());
  const after = (p: PageRow, at: Date | null): string =>
    at === null ? '–' : `+${spanWords((at.getTime() - p.created_at.getTime()) / 1000, lang)}`;
  const state = (p: PageRow): Cell => {
    const text = [word('pageState', p.state, lang), p.state === 'recalled' || p.reason === null ? '' : p.reason];
    const bad = p.state === 'failed' || p.state === 'declined' || (p.delivered_at === null && p.state !== 'recalled');
    return { text: text.filter(Boolean).join(': '), ...(bad ? { mark: 'late' as const } : {}) };
  };
  return {
    title: say('通知了谁', 'Who was paged, and how'),
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: say('时间', 'Time'), share: 13 },
          { title: say('人员', 'Who'), share: 22 },
          { title: say('岗位', 'For'), share: 15 },
          { title: say('轮/级', 'Round / level'), share: 13, right: true },
          { title: say('渠道', 'Channel'), share: 15 },
          { title: say('送达', 'Delivered'), share: 15, right: true },
          { title: say('看到', 'Seen'), share: 12, right: true },
          { title: say('结果', 'Result'), share: 20 },
        ],
        rows: facts.pages.map((p) => [
          { text: localClock(zone, p.created_at.getTime(), day) },
          { text: `${personIn(facts, p.person, lang)} (${word('role', p.role, lang)})` },
          { text: word('slot', p.slot, lang) },
          { text: `${p.round + 1} / ${p.level}` },
          { text: word('channel', p.channel, lang) },
          { text: after(p, p.delivered_at), ...(p.delivered_at === null ? { mark: 'late' as const } : {}) },
          { text: after(p, p.seen_at) },
          state(p),
        ]),
        empty: say('没有通知任何人。', 'Nobody was paged.'),
      },
    ],
  };
}
