import { CLOCK_TITLES, type ClockVerdict, type JudgedClock } from '../judged-clocks.js';
import { localClock, localDay } from '../local-stamp.js';
import type { Cell, ReportLang, Section } from '../report-document.js';
import { spanWords } from '../span-words.js';
import type { RescueFacts } from './rescue-facts.js';

/** Clocks against their limits, in the words of the report; what is past its limit says so and by how much. */
export function clockSection(clocks: readonly JudgedClock[], facts: RescueFacts, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const zone = facts.estate.timezone;
  const day = localDay(zone, facts.ticket.opened_at.getTime());
  const verdict = (c: JudgedClock): Cell => {
    const by = c.limitS === null ? '' : spanWords(c.tookS - c.limitS, lang);
    const words: Record<ClockVerdict, Cell> = {
      met: { text: say('按时', 'in time'), mark: 'good' },
      late: { text: say(`超时 ${by}`, `LATE by ${by}`), mark: 'late' },
      missed: { text: say(`未发生,超时 ${by}`, `NEVER, past by ${by}`), mark: 'late' },
      ended: { text: say('时限前已结束', 'over before the limit'), mark: 'muted' },
      running: { text: say('进行中', 'running') },
      told: { text: say('无时限', 'no limit'), mark: 'muted' },
    };
    return words[c.verdict];
  };
  return {
    title: say('时限', 'Clocks against their limits'),
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: say('时钟', 'Clock'), share: 34 },
          { title: say('起点', 'From'), share: 15 },
          { title: say('时限', 'Limit'), share: 13, right: true },
          { title: say('完成', 'Done'), share: 15 },
          { title: say('用时', 'Took'), share: 13, right: true },
          { title: say('结论', 'Verdict'), share: 22 },
        ],
        rows: clocks.map((c) => [
          { text: CLOCK_TITLES[c.key][lang] },
          { text: localClock(zone, c.from, day) },
          { text: c.limitS === null ? '–' : spanWords(c.limitS, lang) },
          { text: c.doneAt === null || c.key === 'reassurance' ? '–' : localClock(zone, c.doneAt, day) },
          { text: c.doneAt === null && c.limitS === null ? '–' : spanWords(c.tookS, lang) },
          verdict(c),
        ]),
        empty: '–',
      },
    ],
  };
}
