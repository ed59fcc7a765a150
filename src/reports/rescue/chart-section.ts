import { localStamp } from '../local-stamp.js';
import type { Block, ReportLang, Section } from '../report-document.js';
import { firstOf, type TicketTimes } from '../ticket-times.js';
import { drawChart, type Moment } from './draw-chart.js';
import { traceChart } from './readings-chart.js';
import type { DeviceTrace, RescueFacts } from './rescue-facts.js';

/** What the devices said from ten minutes before the alarm to ten minutes after it. */
export function chartSection(facts: RescueFacts, times: TicketTimes, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const moments = momentsOf(facts, times, lang);
  const blocks = facts.traces.flatMap((t) => chartOf(facts, t, moments, lang));
  return {
    title: say('告警前后 10 分钟的读数', 'Readings, ten minutes before and after'),
    blocks:
      blocks.length > 0
        ? blocks
        : [
            {
              kind: 'paragraph',
              text: say('这个工单没有设备读数。', 'No device spoke for this ticket.'),
              mark: 'muted',
            },
          ],
  };
}

function chartOf(facts: RescueFacts, t: DeviceTrace, moments: readonly Moment[], lang: ReportLang): Block[] {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const { from, to } = facts.span;
  const zone = facts.estate.timezone;
  const [begin, end] = [localStamp(zone, from), localStamp(zone, to)];
  const drawing = drawChart(traceChart(t.kind, t.readings, t.expectedIntervalS, to, lang), {
    ...{ from, to, timezone: zone, moments },
    label: say(`${t.name.zh} 在 ${begin} 至 ${end} 的读数`, `Readings of ${t.name.en} from ${begin} to ${end}`),
    silence: say('这段时间没有读数。', 'Nothing was heard in this time.'),
  });
  const trouble = {
    partial: say(
      '历史库只答复了一部分:空白处可能有读数。',
      'The history store answered in part: there may be readings in the gaps.',
    ),
    away: say('历史库没有答复:这里看不到读数。', 'The history store did not answer: no reading can be shown.'),
  };
  return [
    { kind: 'chart', title: `${t.name[lang]} (${t.device})`, drawing },
    ...(t.trouble ? [{ kind: 'paragraph' as const, text: trouble[t.trouble], mark: 'late' as const }] : []),
  ];
}

function momentsOf(facts: RescueFacts, times: TicketTimes, lang: ReportLang): Moment[] {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const found: (Moment | null)[] = [
    moment(facts.alarms[0]?.raised_at.getTime() ?? times.openedAt, say('告警', 'alarm')),
    moment(firstOf(times.accepts, times.openedAt), say('接单', 'accepted')),
    moment(firstOf(times.onSite, times.openedAt), say('到场', 'on the spot')),
    moment(times.rescuedAt, say('救出', 'released')),
    moment(times.containedAt, say('控制', 'contained')),
  ];
  return found.filter((m) => m !== null).sort((a, b) => a.at - b.at);
}

const moment = (at: number | null, label: string): Moment | null => (at === null ? null : { at, label });
