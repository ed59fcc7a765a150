import { localClock, localDay } from '../local-stamp.js';
import type { Block, Cell, ReportLang, Section } from '../report-document.js';
import { word } from '../report-words.js';
import { spanWords } from '../span-words.js';
import type { TicketTimes } from '../ticket-times.js';
import type { StepRow } from '../../tickets/ticket-record.js';
import type { RescueFacts } from './rescue-facts.js';
import { personIn } from './timeline-section.js';

/** Seconds by which a step passed its limit; 0 = it did not. What is not done is judged as of `now` or the ticket's end. */
export function lateBy(step: StepRow, times: TicketTimes, now: number): number {
  if (step.limit_s === null || step.state === 'skipped') return 0;
  const done = step.done_at?.getTime() ?? Math.min(now, times.overAt ?? now);
  // A rise in priority begins the clocks anew; what was done before it is measured from the opening.
  const from = done < times.countsFrom ? times.openedAt : times.countsFrom;
  return Math.max(0, (done - from) / 1000 - step.limit_s);
}

export function stepSection(facts: RescueFacts, times: TicketTimes, now: number, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const zone = facts.estate.timezone;
  const day = localDay(zone, facts.ticket.opened_at.getTime());
  const result = (s: StepRow): Cell => {
    const by = lateBy(s, times, now);
    const late = by > 0 ? say(`超时 ${spanWords(by, lang)}`, `LATE by ${spanWords(by, lang)}`) : '';
    if (s.state === 'skipped')
      return { text: say('跳过', 'skipped'), ...(s.required ? { mark: 'late' as const } : {}) };
    const text = s.state === 'done' ? say('完成', 'done') : say('未完成', 'not done');
    const bad = late !== '' || (s.state === 'open' && s.required && times.overAt !== null);
    return {
      text: [text, late].filter(Boolean).join(say(',', ', ')),
      mark: bad ? 'late' : s.state === 'done' ? 'good' : 'muted',
    };
  };
  return {
    title: say('步骤', 'Steps of the procedure'),
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: '#', share: 5, right: true },
          { title: say('步骤', 'Step'), share: 43 },
          { title: say('岗位', 'Role'), share: 14 },
          { title: say('时限', 'Limit'), share: 10, right: true },
          { title: say('完成', 'Done'), share: 13 },
          { title: say('人员', 'Who'), share: 14 },
          { title: say('结果', 'Result'), share: 18 },
        ],
        rows: facts.steps.map((s) => [
          { text: String(s.no), mark: 'muted' as const },
          {
            text: [
              lang === 'zh' ? s.title_zh : s.title_en,
              s.required ? say('(必做)', ' (required)') : '',
              s.note ? (lang === 'zh' ? ` —— “${s.note}”` : ` — “${s.note}”`) : '',
            ].join(''),
          },
          { text: word('role', s.role, lang) },
          { text: s.limit_s === null ? '–' : spanWords(s.limit_s, lang) },
          { text: s.done_at ? localClock(zone, s.done_at.getTime(), day) : '–' },
          { text: personIn(facts, s.done_by, lang) },
          result(s),
        ]),
        empty: say('这个预案没有步骤。', 'This procedure has no steps.'),
      },
    ],
  };
}

const HASH_SHOWN = 16;

/** What was photographed or filmed: the hash of each file, so that nobody can put another in its place. */
export function evidenceSection(facts: RescueFacts, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const zone = facts.estate.timezone;
  const day = localDay(zone, facts.ticket.opened_at.getTime());
  const size = (bytes: number): string =>
    bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const pictures = facts.evidence.flatMap((e) => {
    const caption = `${e.stepNo === null ? '' : `${say('步骤', 'step')} ${e.stepNo} · `}${e.hash.slice(0, HASH_SHOWN)}`;
    return e.thumbnail ? [{ caption, ...e.thumbnail }] : [];
  });
  const table: Block = {
    kind: 'table',
    columns: [
      { title: say('步骤', 'Step'), share: 8, right: true },
      { title: say('类型', 'Kind'), share: 14 },
      { title: say('大小', 'Size'), share: 11, right: true },
      { title: say('拍摄', 'Taken'), share: 13 },
      { title: say('人员', 'By'), share: 14 },
      { title: 'SHA-256', share: 60 },
    ],
    rows: facts.evidence.map((e) => [
      { text: e.stepNo === null ? '–' : String(e.stepNo) },
      e.kept
        ? { text: e.mediaType }
        : { text: `${e.mediaType} ${say('已隔离', 'QUARANTINED')}`, mark: 'late' as const },
      { text: size(e.bytes) },
      { text: e.takenAt === null ? '–' : localClock(zone, e.takenAt, day) },
      { text: personIn(facts, e.by, lang) },
      { text: e.hash },
    ]),
    empty: say('没有照片或影像。', 'No photo or film.'),
  };
  return {
    title: say('证据', 'Evidence'),
    blocks: pictures.length > 0 ? [table, { kind: 'pictures', items: pictures }] : [table],
  };
}
