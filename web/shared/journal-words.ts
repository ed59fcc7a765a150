import type { JournalLine, Names, TicketDetail } from '../../src/gateway/views.js';
import { wordOr, type Lang } from './i18n/text.js';

/** What each kind of journal line says. A kind that is missing here is shown by its own name. */
const KINDS: Record<string, Names> = {
  'alarm-raised': { zh: '告警产生', en: 'Alarm raised' },
  'alarm-recurred': { zh: '告警再次发生', en: 'Alarm occurred again' },
  recurred: { zh: '再次发生,重新呼叫', en: 'Occurred again, paging again' },
  'priority-raised': { zh: '告警升级', en: 'Priority raised' },
  'condition-cleared': { zh: '报警条件消失', en: 'Condition cleared' },
  'alarm-acknowledged': { zh: '确认了告警', en: 'Alarm acknowledged' },
  'alarm-shelved': { zh: '搁置了告警', en: 'Alarm shelved' },
  'alarm-unshelved': { zh: '搁置到期', en: 'Shelving ended' },
  'alarm-ended': { zh: '告警结束', en: 'Alarm ended' },
  'did-not-page': { zh: '没有通知', en: 'Did not page' },
  'ticket-opened': { zh: '开出工单', en: 'Ticket opened' },
  'ticket-raised': { zh: '工单升级', en: 'Ticket raised' },
  joined: { zh: '告警并入工单', en: 'Alarm joined the ticket' },
  'taken-over': { zh: '并入楼栋工单', en: 'Taken over by the building’s ticket' },
  localised: { zh: '疑似漏水户排查', en: 'Suspected source of the water' },
  'slot-opened': { zh: '开始呼叫', en: 'Paging began' },
  'slot-reopened': { zh: '接单人无动静,重新呼叫', en: 'Holder silent, paging again' },
  'asked-again': { zh: '再次询问接单人', en: 'Holder asked again' },
  paged: { zh: '通知', en: 'Paged' },
  'level-skipped': { zh: '跳过一级', en: 'Level skipped' },
  'paged-newcomers': { zh: '呼叫刚上班人员', en: 'Paged who has come on shift' },
  'escalation-policy': { zh: '升级策略已修改', en: 'Escalation policy changed' },
  'last-resort': { zh: '最后手段:呼叫监控中心', en: 'Last resort: paged the control room' },
  undelivered: { zh: '通知未送达', en: 'Page not delivered' },
  accepted: { zh: '接单', en: 'Accepted' },
  declined: { zh: '无法前往', en: 'Cannot go' },
  reassured: { zh: '与被困人员联系', en: 'Spoke with the trapped people' },
  'step-done': { zh: '完成步骤', en: 'Step done' },
  'step-skip': { zh: '跳过步骤', en: 'Step skipped' },
  'step-reopen': { zh: '撤销步骤', en: 'Step undone' },
  'tier-due': { zh: '到时限,应呼叫下一级救援', en: 'Time to call the next rescue tier' },
  'device-life': { zh: '设备状态变更', en: 'Device status changed' },
};

/** The state that each move leads to: "on site" reads better in a story than "I am on site". */
const STATE_AFTER: Record<string, string> = { resolve: 'resolved', close: 'closed', cancel: 'cancelled' };

/** Names for what journal lines refer to: people by user name, events by name, steps by number. */
export interface JournalNames {
  readonly people: ReadonlyMap<string, Names>;
  readonly events: ReadonlyMap<string, Names>;
  readonly steps: ReadonlyMap<number, Names>;
}

export const journalNames = (ticket: TicketDetail): JournalNames => {
  const people = new Map<string, Names>();
  for (const page of ticket.pages) people.set(page.person, page.personName);
  for (const slot of ticket.slots) if (slot.holder && slot.holderName) people.set(slot.holder, slot.holderName);
  return {
    people,
    events: new Map<string, Names>([...ticket.alarms, ticket].map((x) => [x.event, x.title])),
    steps: new Map(ticket.steps.map((s) => [s.no, s.title])),
  };
};

interface JournalWords {
  readonly what: string;
  /** Details in the order in which a person reads them; may be empty. */
  readonly details: readonly string[];
  readonly who: string | null;
}

const isText = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** `people: ['wang.qiang']` or `[{person: 'wang.qiang', …}]`. */
const personOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'person' in value ? value.person : value;

/** One journal line in words, in the reader's language. */
export const journalWords = (line: JournalLine, lang: Lang, names: JournalNames): JournalWords => {
  const p = line.payload;
  const name = (user: unknown): string => names.people.get(String(user))?.[lang] ?? String(user);
  const details: string[] = [];
  const say = (value: unknown, words: (v: string) => string = (v) => v): void => {
    if (isText(value)) details.push(words(String(value)));
  };
  say(p.event, (e) => names.events.get(e)?.[lang] ?? e);
  if (line.kind.startsWith('step-')) say(p.no, (no) => names.steps.get(Number(no))?.[lang] ?? `#${no}`);
  say(p.person, name);
  for (const one of Array.isArray(p.people) ? p.people : []) say(personOf(one), name);
  say(p.holder, name);
  say(p.slot, (s) => wordOr(lang, 'slot', s));
  say(p.level, (l) => (lang === 'zh' ? `第 ${l} 级` : `level ${l}`));
  say(p.onBehalfOf, (u) => (lang === 'zh' ? `代 ${name(u)}` : `on behalf of ${name(u)}`));
  if (line.kind === 'alarm-ended') say(p.how, (h) => wordOr(lang, 'endHow', h));
  say(p.controlRoomCalls);
  say(p.reason);
  say(p.because);
  say(p.note, (n) => `“${n}”`);
  const move = line.kind === 'moved' && isText(p.move) ? String(p.move) : null;
  const what = move
    ? wordOr(lang, 'ticketState', STATE_AFTER[move] ?? move)
    : (KINDS[line.kind]?.[lang] ?? line.kind.replaceAll(/[._-]/g, ' '));
  const who = line.actor === null ? null : name(line.actor);
  return { what, details: [...new Set(details)].filter((d) => d !== who), who };
};
