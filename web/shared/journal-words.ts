import type { JournalLine, Names, TicketDetail } from '../../src/gateway/views.js';
import { reasonIn } from '../../src/kernel/reason-words.js';
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
  'call-taken': { zh: '接到居民来电', en: 'Resident called' },
  merged: { zh: '工单合并', en: 'Tickets merged' },
  split: { zh: '工单拆分', en: 'Ticket split' },
  reassigned: { zh: '改派', en: 'Reassigned' },
  'person-added': { zh: '加派', en: 'One more asked' },
  'note-added': { zh: '备注', en: 'Note' },
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
  'next-channel': { zh: '换一种方式呼叫', en: 'Paged by another way' },
  'page-lost': { zh: '呼叫发不出去', en: 'Carrier did not take the page' },
  'page-sent-again': { zh: '重新发送呼叫', en: 'Page sent again' },
  undelivered: { zh: '通知未送达', en: 'Page not delivered' },
  accepted: { zh: '接单', en: 'Accepted' },
  declined: { zh: '无法前往', en: 'Cannot go' },
  reassured: { zh: '与被困人员联系', en: 'Spoke with the trapped people' },
  'step-done': { zh: '完成步骤', en: 'Step done' },
  'step-skip': { zh: '跳过步骤', en: 'Step skipped' },
  'step-reopen': { zh: '撤销步骤', en: 'Step undone' },
  'step-late': { zh: '步骤超时', en: 'Step late' },
  'evidence-added': { zh: '添加照片或录像', en: 'Photo or film added' },
  'tier-due': { zh: '到时限,应呼叫下一级救援', en: 'Time to call the next rescue tier' },
  'tier-asked-again': { zh: '再次提示呼叫救援', en: 'Asked again to call the rescue tier' },
  'tier-called': { zh: '已呼叫下一级救援', en: 'Called the next rescue tier' },
  'limit-missed': { zh: '超过时限', en: 'Limit missed' },
  'drill-started': { zh: '开始演练', en: 'Drill started' },
  'follow-up-made': { zh: '生成后续事项', en: 'Follow-up made' },
  'follow-up-assigned': { zh: '指派后续事项', en: 'Follow-up assigned' },
  'follow-up-released': { zh: '下雨,查看渗漏到期', en: 'Rain: the look for the leak is due' },
  'follow-up-overdue': { zh: '后续事项逾期', en: 'Follow-up overdue' },
  'follow-up-done': { zh: '后续事项完成', en: 'Follow-up done' },
  'follow-up-skipped': { zh: '后续事项不做', en: 'Follow-up left out' },
  'follow-ups-over': { zh: '后续事项已全部结束', en: 'No follow-up is left' },
  'unit-inspected': { zh: '空置房巡检发现', en: 'Found at an inspection' },
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
  for (const call of ticket.calls) people.set(call.enteredBy, call.enteredByName);
  for (const note of ticket.notes) people.set(note.author, note.authorName);
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
  if (line.kind.startsWith('step-') || line.kind === 'evidence-added')
    say(p.no, (no) => names.steps.get(Number(no))?.[lang] ?? `#${no}`);
  say(p.person, name);
  for (const one of Array.isArray(p.people) ? p.people : []) say(personOf(one), name);
  say(p.holder, name);
  say(p.slot, (s) => wordOr(lang, 'slot', s));
  say(p.channel, (c) => wordOr(lang, 'profile', c));
  // Level -1: asked by name, before all levels.
  if (p.level !== -1) say(p.level, (l) => (lang === 'zh' ? `第 ${l} 级` : `level ${l}`));
  if (line.kind === 'merged' || line.kind === 'split') details.push(`${String(p.from)} → ${String(p.into)}`);
  say(p.onBehalfOf, (u) => (lang === 'zh' ? `代 ${name(u)}` : `on behalf of ${name(u)}`));
  if (line.kind === 'alarm-ended') say(p.how, (h) => wordOr(lang, 'endHow', h));
  say(p.clock, (c) => wordOr(lang, 'clockName', c));
  say(p.controlRoomCalls, (c) => reasonIn(lang, c));
  say(p.spokeWith);
  say(p.contact);
  say(p.reason, (r) => reasonIn(lang, r));
  say(p.because, (r) => reasonIn(lang, r));
  say(p.note, (n) => `“${n}”`);
  const move = line.kind === 'moved' && isText(p.move) ? String(p.move) : null;
  const what = move
    ? wordOr(lang, 'ticketState', STATE_AFTER[move] ?? move)
    : (KINDS[line.kind]?.[lang] ?? line.kind.replaceAll(/[._-]/g, ' '));
  const who = line.actor === null ? null : name(line.actor);
  return { what, details: [...new Set(details)].filter((d) => d !== who), who };
};
