import type { MonthlyFiguresView } from '../../gateway/report-views.js';
import { CLOCK_TITLES } from '../judged-clocks.js';
import { localStamp } from '../local-stamp.js';
import type { Block, Cell, ReportDocument, ReportLang, Section } from '../report-document.js';
import { word } from '../report-words.js';
import { spanWords } from '../span-words.js';
import { GROUP_TITLES, MEASURES, MEASURE_TITLES } from './figures-words.js';
import type { GroupFigures, TicketFigures } from './monthly-figures.js';

const MOST_MISSES = 200;

/** The month as a page: the same content model as every report, so also on paper. */
export function figuresDocument(f: MonthlyFiguresView, maker: string, lang: ReportLang): ReportDocument {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const stamp = (iso: string): string => localStamp(f.timezone, Date.parse(iso));
  const sections: Section[] = [
    summary(f, lang),
    { title: say('用时', 'Times'), blocks: [times(f.real, lang)] },
    { title: say('按事件', 'By event'), blocks: [events(f, f.real, lang)] },
    { title: say('超时', 'Past their limit'), blocks: misses(f, lang) },
    load(f, lang),
    {
      title: say('演练', 'Drills'),
      blocks:
        f.drills.tickets === 0
          ? [{ kind: 'paragraph', text: say('本月没有演练。', 'No drill in this month.'), mark: 'muted' }]
          : [times(f.drills, lang), events(f, f.drills, lang)],
    },
  ];
  return {
    lang,
    kind: say('月度报表', 'Monthly figures'),
    title: `${f.name[lang]} · ${f.month}`,
    subtitle: `${stamp(f.from)} – ${stamp(f.to)} (${f.timezone})`,
    badges: f.complete ? [] : [{ text: say('本月未结束', 'the month is not over'), mark: 'muted' }],
    sections,
    foot: say(
      `${f.month} · 由 ${maker} 于 ${stamp(f.madeAt)} 生成 · 管家 Steward`,
      `${f.month} · made by ${maker} at ${stamp(f.madeAt)} · Steward`,
    ),
    madeAt: f.madeAt,
    fileName: `steward-${f.estate.replaceAll(/[^\w-]/g, '-')}-${f.month}-${lang}`,
  };
}

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

function summary(f: MonthlyFiguresView, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const { real } = f;
  return {
    title: say('概况', 'Summary'),
    blocks: [
      {
        kind: 'facts',
        items: [
          { label: say('工单', 'Tickets'), text: String(real.tickets) },
          { label: say('仍未关闭', 'Still open'), text: String(real.open) },
          { label: say('误报率', 'False-alarm share'), text: percent(real.falseAlarmShare) },
          {
            label: say('超时的时限', 'Clocks past their limit'),
            text: String(real.misses.length),
            ...(real.misses.length > 0 ? { mark: 'late' as const } : {}),
          },
          { label: say('演练', 'Drills'), text: String(f.drills.tickets) },
        ],
      },
    ],
  };
}

function times(figures: TicketFigures, lang: ReportLang): Block {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const rows = figures.groups
    .filter((g) => g.tickets > 0)
    .flatMap((g) => MEASURES.filter((m) => g.times[m].count > 0 || m === 'accept').map((m) => timeRow(g, m, lang)));
  return {
    kind: 'table',
    columns: [
      { title: say('类别', 'Group'), share: 20 },
      { title: say('用时', 'Time to'), share: 24 },
      { title: say('次数', 'Count'), share: 9, right: true },
      { title: 'p50', share: 14, right: true },
      { title: 'p90', share: 14, right: true },
      { title: say('时限', 'Limit'), share: 13, right: true },
      { title: say('达标', 'In time'), share: 16, right: true },
    ],
    rows,
    empty: say('没有工单。', 'No ticket.'),
  };
}

function timeRow(g: GroupFigures, m: (typeof MEASURES)[number], lang: ReportLang): Cell[] {
  const s = g.times[m];
  const words = (v: number | null): string => (v === null ? '–' : spanWords(v, lang));
  const over = s.limitS !== null && s.p90 !== null && s.p90 > s.limitS;
  const never =
    m === 'accept' && g.neverAccepted > 0
      ? lang === 'zh'
        ? `(${g.neverAccepted} 单无人接)`
        : ` (${g.neverAccepted} by nobody)`
      : '';
  return [
    { text: GROUP_TITLES[g.group][lang] },
    { text: `${MEASURE_TITLES[m][lang]}${never}` },
    { text: String(s.count) },
    { text: words(s.p50) },
    { text: words(s.p90), ...(over ? { mark: 'late' as const } : {}) },
    { text: words(s.limitS) },
    { text: s.limitS === null || s.count === 0 ? '–' : percent(s.within / s.count) },
  ];
}

function events(f: MonthlyFiguresView, figures: TicketFigures, lang: ReportLang): Block {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  return {
    kind: 'table',
    columns: [
      { title: say('级别', 'Priority'), share: 20 },
      { title: say('事件', 'Event'), share: 50 },
      { title: say('工单', 'Tickets'), share: 14, right: true },
      { title: say('误报', 'False alarms'), share: 16, right: true },
    ],
    rows: figures.events.map((e) => [
      { text: word('priority', e.priority, lang) },
      { text: f.events[e.event]?.[lang] ?? e.event },
      { text: String(e.tickets) },
      { text: String(e.falseAlarms) },
    ]),
    empty: say('没有工单。', 'No ticket.'),
  };
}

function misses(f: MonthlyFiguresView, lang: ReportLang): Block[] {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const all = f.real.misses;
  const table: Block = {
    kind: 'table',
    columns: [
      { title: say('工单', 'Ticket'), share: 20 },
      { title: say('事件', 'Event'), share: 30 },
      { title: say('时钟', 'Clock'), share: 34 },
      { title: say('时限', 'Limit'), share: 13, right: true },
      { title: say('实际', 'Took'), share: 20, right: true },
    ],
    rows: all
      .slice(0, MOST_MISSES)
      .map((m) => [
        { text: m.no },
        { text: f.events[m.event]?.[lang] ?? m.event },
        { text: CLOCK_TITLES[m.clock][lang] },
        { text: spanWords(m.limitS, lang) },
        { text: m.never ? say('从未', 'never') : spanWords(m.tookS, lang), mark: 'late' as const },
      ]),
    empty: say('没有超时。', 'None.'),
  };
  const rest = all.length - MOST_MISSES;
  if (rest <= 0) return [table];
  return [
    table,
    { kind: 'paragraph', text: say(`另有 ${rest} 项,见 CSV。`, `${rest} more: see the CSV.`), mark: 'muted' },
  ];
}

function load({ load: l, timezone }: MonthlyFiguresView, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const rate = (n: number): string => (Math.round(n * 100) / 100).toString();
  return {
    title: say('值班员负荷(ISA-18.2)', 'Operator load (ISA-18.2)'),
    blocks: [
      {
        kind: 'facts',
        items: [
          { label: say('告警次数', 'Alarms shown'), text: String(l.shown) },
          {
            label: say('平均,每人每 10 分钟', 'Average per operator, 10 min'),
            text: rate(l.average),
            ...(l.average > 1 ? { mark: 'late' as const } : {}),
          },
          {
            label: say('最高,每人每 10 分钟', 'Peak per operator, 10 min'),
            text: l.peakAt === null ? rate(l.peak) : `${rate(l.peak)} (${localStamp(timezone, l.peakAt)})`,
          },
          {
            label: say('洪泛(>10)', 'In flood (> 10)'),
            text: `${spanWords(l.floodMinutes * 60, lang)} · ${percent(l.floodShare)} · ${l.floods}×`,
            ...(l.floods > 0 ? { mark: 'late' as const } : {}),
          },
          { label: say('滞留超过 24 小时', 'Stale, over 24 h'), text: String(l.stale) },
          { label: say('抖动的告警', 'Chattering alarms'), text: String(l.chattering.length) },
        ],
      },
      {
        kind: 'table',
        columns: [
          { title: say('最频繁的十个', 'Ten most frequent'), share: 36 },
          { title: say('位置', 'Place'), share: 40 },
          { title: say('次数', 'Count'), share: 12, right: true },
          { title: say('占比', 'Share'), share: 12, right: true },
        ],
        rows: l.mostFrequent.map((t) => [
          { text: t.title[lang] },
          { text: t.place[lang] },
          { text: String(t.count) },
          { text: percent(t.share) },
        ]),
        empty: say('没有告警。', 'No alarm.'),
      },
      ...(l.chattering.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              columns: [
                { title: say('抖动的告警', 'Chattering'), share: 36 },
                { title: say('位置', 'Place'), share: 40 },
                { title: say('一分钟内 ≥ 3 次', '≥ 3 in a minute'), share: 24, right: true as const },
              ],
              rows: l.chattering
                .slice(0, 10)
                .map((t) => [{ text: t.title[lang] }, { text: t.place[lang] }, { text: String(t.bursts) }]),
              empty: '',
            },
          ]),
    ],
  };
}
