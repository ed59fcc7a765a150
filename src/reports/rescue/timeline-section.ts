import { journalSentence } from '../journal-sentence.js';
import { localClock, localDay } from '../local-stamp.js';
import type { ReportLang, Section } from '../report-document.js';
import type { JournalNames } from '../sentence-writer.js';
import { spanClock } from '../span-words.js';
import type { RescueFacts } from './rescue-facts.js';

export const personIn = (facts: RescueFacts, username: string | null, lang: ReportLang): string =>
  username === null ? '' : (facts.people.get(username)?.[lang] ?? username);

/** Every journal line of the ticket and its alarms, in plain words, with its number in the journal. */
export function timelineSection(facts: RescueFacts, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const zone = facts.estate.timezone;
  const opened = facts.ticket.opened_at.getTime();
  const day = localDay(zone, opened);
  const titles = new Map(facts.steps.map((s) => [s.no, lang === 'zh' ? s.title_zh : s.title_en]));
  const names: JournalNames = {
    person: (username) => personIn(facts, username, lang),
    event: (event) => facts.events.get(event)?.[lang] ?? event,
    step: (no) => titles.get(no) ?? null,
    note: (id) => facts.notes.get(id) ?? null,
  };
  return {
    title: say('经过', 'What happened'),
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: say('时间', 'Time'), share: 13 },
          { title: say('距开单', 'After'), share: 10, right: true },
          { title: say('事情', 'What'), share: 60 },
          { title: say('操作人', 'Who'), share: 17 },
          { title: say('行号', 'Line'), share: 9, right: true },
        ],
        rows: facts.lines.map((l) => [
          { text: localClock(zone, l.at, day) },
          {
            text: l.at < opened ? `−${spanClock((opened - l.at) / 1000)}` : spanClock((l.at - opened) / 1000),
            mark: 'muted' as const,
          },
          { text: journalSentence(l, lang, names) },
          l.actor === null ? { text: say('系统', 'Steward'), mark: 'muted' as const } : { text: names.person(l.actor) },
          l.holds
            ? { text: String(l.no), mark: 'muted' as const }
            : { text: `${l.no} ${say('被改动', 'ALTERED')}`, mark: 'late' as const },
        ]),
        empty: say('没有记录。', 'No line.'),
      },
    ],
  };
}
