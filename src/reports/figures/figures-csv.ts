import type { MonthlyFiguresView } from '../../gateway/report-views.js';
import { CSV_BEGIN, csvLine, type CsvValue } from '../csv.js';
import { CLOCK_TITLES } from '../judged-clocks.js';
import type { ReportLang } from '../report-document.js';
import { GROUP_TITLES, MEASURES, MEASURE_TITLES } from './figures-words.js';
import type { TicketFigures } from './monthly-figures.js';

/** The month as one long table (section, subject, measure, value): a spreadsheet filters and pivots it. */
export function figuresCsv(f: MonthlyFiguresView, lang: ReportLang): string {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const lines: string[] = [];
  const row = (...values: CsvValue[]): void => void lines.push(csvLine([f.estate, f.month, ...values]));
  const [seconds, count, share] = [say('秒', 's'), say('次', 'count'), say('比例', 'share')];
  const put = (kind: string, t: TicketFigures): void => {
    row(kind, '', say('工单', 'tickets'), t.tickets, count, null);
    row(kind, '', say('仍未关闭', 'still open'), t.open, count, null);
    row(kind, '', say('误报率', 'false-alarm share'), t.falseAlarmShare, share, null);
    for (const g of t.groups) {
      const title = GROUP_TITLES[g.group][lang];
      row(kind, title, say('工单', 'tickets'), g.tickets, count, null);
      row(kind, title, say('误报', 'false alarms'), g.falseAlarms, count, null);
      row(kind, title, say('取消', 'cancelled'), g.cancelled, count, null);
      row(kind, title, say('无人接单', 'never accepted'), g.neverAccepted, count, null);
      for (const m of MEASURES) {
        const s = g.times[m];
        const name = MEASURE_TITLES[m][lang];
        row(kind, title, `${name} ${count}`, s.count, count, null);
        row(kind, title, `${name} p50`, s.p50, seconds, s.limitS);
        row(kind, title, `${name} p90`, s.p90, seconds, s.limitS);
        if (s.limitS !== null && s.count > 0)
          row(kind, title, `${name} ${say('达标', 'in time')}`, s.within / s.count, share, null);
      }
    }
    for (const e of t.events) {
      const title = `${e.priority} ${f.events[e.event]?.[lang] ?? e.event}`;
      row(kind, title, say('工单', 'tickets'), e.tickets, count, null);
      row(kind, title, say('误报', 'false alarms'), e.falseAlarms, count, null);
    }
    for (const m of t.misses) row(kind, m.no, CLOCK_TITLES[m.clock][lang], m.tookS, seconds, m.limitS);
  };
  lines.push(
    csvLine(
      lang === 'zh'
        ? ['小区', '月份', '类别', '对象', '指标', '数值', '单位', '时限(秒)']
        : ['estate', 'month', 'kind', 'subject', 'measure', 'value', 'unit', 'limit (s)'],
    ),
  );
  put(say('真实', 'real'), f.real);
  put(say('演练', 'drill'), f.drills);
  const { load: l } = f;
  const desk = say('值班员负荷', 'operator load');
  row(desk, '', say('告警次数', 'alarms shown'), l.shown, count, null);
  row(desk, '', say('平均每人每10分钟', 'average per operator and 10 min'), l.average, count, 1);
  row(desk, '', say('最高每人每10分钟', 'peak per operator and 10 min'), l.peak, count, 10);
  row(desk, '', say('洪泛分钟', 'minutes in flood'), l.floodMinutes, say('分', 'min'), null);
  row(desk, '', say('洪泛占比', 'share in flood'), l.floodShare, share, null);
  row(desk, '', say('滞留超过24小时', 'stale over 24 h'), l.stale, count, null);
  for (const t of l.mostFrequent)
    row(desk, `${t.title[lang]} ${t.place[lang]}`, say('次数', 'count'), t.count, count, null);
  for (const t of l.chattering)
    row(desk, `${t.title[lang]} ${t.place[lang]}`, say('抖动', 'chattering'), t.bursts, count, null);
  return CSV_BEGIN + lines.join('');
}
