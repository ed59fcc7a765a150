import { isBroken, judgedClocks } from '../judged-clocks.js';
import { localStamp } from '../local-stamp.js';
import type { Cell, ReportDocument, ReportLang, Section } from '../report-document.js';
import { word } from '../report-words.js';
import { ticketTimes } from '../ticket-times.js';
import { chartSection } from './chart-section.js';
import { clockSection } from './clock-section.js';
import { peopleSections } from './people-sections.js';
import { proofSection } from './proof-section.js';
import type { ReportMaker, RescueFacts } from './rescue-facts.js';
import { evidenceSection, lateBy, stepSection } from './step-sections.js';
import { timelineSection } from './timeline-section.js';

const CLOCKS_STOP = new Set(['false-alarm', 'cancelled']);

/**
 * The report of one ticket: what happened, who was called and came, against which limits, with what proof. Pure: the
 * same facts give the same document, and HTML and PDF are made of it.
 */
export function rescueReport(facts: RescueFacts, maker: ReportMaker, lang: ReportLang): ReportDocument {
  const { ticket, estate } = facts;
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const stamp = (at: number): string => localStamp(estate.timezone, at);
  const times = ticketTimes(ticket.opened_at.getTime(), facts.lines, ticket.over_at?.getTime() ?? null);
  const clocks = judgedClocks(times, {
    priority: ticket.priority,
    shape: facts.shape,
    setting: estate.setting,
    slots: facts.slots.map((s) => s.slot),
    now: maker.at,
  });
  const broken = clocks.filter(isBroken).length;
  const badges: Cell[] = [
    { text: word('priority', ticket.priority, lang) },
    { text: word('ticketState', ticket.state, lang) },
  ];
  if (ticket.drill) badges.unshift({ text: say('演练', 'DRILL'), mark: 'drill' });
  if (broken > 0) badges.push({ text: say(`${broken} 项时限超时`, `${broken} clocks past limit`), mark: 'late' });
  const lateSteps = facts.steps.filter((s) => lateBy(s, times, maker.at) > 0).length;
  if (lateSteps > 0)
    badges.push({ text: say(`${lateSteps} 个步骤超时`, `${lateSteps} steps past limit`), mark: 'late' });
  const unsound = facts.lines.filter((l) => !l.holds).length;
  if (unsound > 0) badges.push({ text: say('经过记录被改动', 'JOURNAL ALTERED'), mark: 'late' });

  const head: Section = {
    title: say('概况', 'Summary'),
    blocks: [
      {
        kind: 'facts',
        items: [
          { label: say('小区', 'Estate'), text: estate.names[lang] },
          { label: say('位置', 'Place'), text: facts.place[lang] },
          ...(facts.device
            ? [{ label: say('设备', 'Device'), text: `${facts.device[lang]} (${ticket.device_id ?? ''})` }]
            : []),
          { label: say('工单号', 'Ticket'), text: ticket.no },
          { label: say('事件', 'Event'), text: facts.title[lang] },
          { label: say('预案', 'Procedure'), text: `${facts.procedure.title[lang]} v${facts.procedure.version}` },
          { label: say('开单时间', 'Opened'), text: stamp(ticket.opened_at.getTime()) },
          ...(ticket.rescued_at
            ? [{ label: say('救出时间', 'Released'), text: stamp(ticket.rescued_at.getTime()) }]
            : []),
          ...(ticket.over_at ? [{ label: say('结束时间', 'Over'), text: stamp(ticket.over_at.getTime()) }] : []),
          ...(ticket.over_reason ? [{ label: say('结束原因', 'Why it ended'), text: ticket.over_reason }] : []),
          ...(ticket.round > 0 ? [{ label: say('呼叫轮次', 'Rounds of paging'), text: String(ticket.round + 1) }] : []),
          { label: say('时区', 'Time zone'), text: estate.timezone },
        ],
      },
      ...(ticket.drill
        ? [
            {
              kind: 'paragraph' as const,
              text: say(
                '这是一次演练:真实呼叫,不计入真实事件统计。',
                'This was a drill: really paged, and kept apart from real figures.',
              ),
              mark: 'drill' as const,
            },
          ]
        : []),
      ...(CLOCKS_STOP.has(ticket.state)
        ? []
        : times.overAt === null
          ? [
              {
                kind: 'paragraph' as const,
                text: say('工单尚未结束:本报告是中间稿。', 'The ticket is not over: this report is an interim one.'),
                mark: 'late' as const,
              },
            ]
          : []),
    ],
  };
  return {
    lang,
    kind: facts.shape === 'rescue' ? say('救援报告', 'Rescue report') : say('处置报告', 'Incident report'),
    title: `${facts.title[lang]} · ${facts.place[lang]}`,
    subtitle: `${estate.names[lang]} · ${ticket.no} · ${stamp(ticket.opened_at.getTime())}`,
    badges,
    sections: [
      head,
      clockSection(clocks, facts, lang),
      chartSection(facts, times, lang),
      timelineSection(facts, lang),
      ...peopleSections(facts, lang),
      stepSection(facts, times, maker.at, lang),
      evidenceSection(facts, lang),
      proofSection(facts, maker, lang),
    ],
    foot: say(
      `${ticket.no} · 由 ${maker.name.zh} 于 ${stamp(maker.at)} 生成 · 管家 Steward`,
      `${ticket.no} · made by ${maker.name.en} at ${stamp(maker.at)} · Steward`,
    ),
    madeAt: new Date(maker.at).toISOString(),
    fileName: `steward-${ticket.no.replaceAll(/[^\w-]/g, '-')}-${lang}`,
  };
}
