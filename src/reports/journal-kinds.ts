import { reasonIn } from '../kernel/reason-words.js';
import type { JournalKind } from './journal-kind.js';
import { WORK_KINDS } from './journal-kinds-work.js';
import type { SentenceWriter } from './sentence-writer.js';

const ALARMS: Readonly<Record<string, JournalKind>> = {
  'alarm-raised': {
    zh: (w) => `告警产生:${w.event()}(${w.word('priority', 'priority')})${w.because('reason')}`,
    en: (w) => `Alarm raised: ${w.event()} (${w.word('priority', 'priority')})${w.because('reason')}`,
  },
  'alarm-recurred': {
    zh: (w) => `告警再次发生:${w.event()},第 ${w.raw('occurrence')} 次${w.because('reason')}`,
    en: (w) => `Alarm occurred again: ${w.event()}, no. ${w.raw('occurrence')}${w.because('reason')}`,
  },
  recurred: {
    zh: (w) => `险情再次发生,重新呼叫所有岗位:${w.event()}${w.round()}`,
    en: (w) => `Occurred again, every slot is paged anew: ${w.event()}${w.round()}`,
  },
  'priority-raised': {
    zh: (w) => `告警级别升为 ${w.word('priority', 'to')}${w.because('reason')}`,
    en: (w) => `Priority raised to ${w.word('priority', 'to')}${w.because('reason')}`,
  },
  'condition-cleared': {
    zh: (w) => `报警条件消失:${w.event()}(${w.word('alarmState', 'state')})`,
    en: (w) => `Condition cleared: ${w.event()} (${w.word('alarmState', 'state')})`,
  },
  'alarm-acknowledged': {
    zh: (w) => `确认告警:${w.event()}`,
    en: (w) => `Alarm acknowledged: ${w.event()}`,
  },
  'alarm-shelved': {
    zh: (w) => `搁置告警:${w.event()},至 ${w.raw('until')}${w.because('reason')}`,
    en: (w) => `Alarm shelved: ${w.event()} until ${w.raw('until')}${w.because('reason')}`,
  },
  'alarm-unshelved': { zh: (w) => `搁置到期:${w.event()}`, en: (w) => `Shelving over: ${w.event()}` },
  'alarm-ended': {
    zh: (w) => `告警结束:${w.event()}(${w.word('endHow', 'how')})${w.quoted('note')}`,
    en: (w) => `Alarm ended: ${w.event()} (${w.word('endHow', 'how')})${w.quoted('note')}`,
  },
  'did-not-page': {
    zh: (w) => `没有通知任何人${w.has('event') ? `:${w.event()}` : ''},原因:${w.raw('because')}`,
    en: (w) => `Nobody was paged${w.has('event') ? ` for ${w.event()}` : ''}, because: ${w.raw('because')}`,
  },
};

const TICKETS: Readonly<Record<string, JournalKind>> = {
  'ticket-opened': {
    zh: (w) => `开出工单 ${w.raw('no')}:${w.event()}(${w.word('priority', 'priority')}),预案 ${w.raw('procedure')}`,
    en: (w) =>
      `Ticket ${w.raw('no')} opened: ${w.event()} (${w.word('priority', 'priority')}), procedure ${w.raw('procedure')}`,
  },
  'ticket-raised': {
    zh: (w) =>
      `工单升级为 ${w.word('priority', 'priority')}:${w.event()},时限重新计算${w.round()}${w.because('reason')}`,
    en: (w) =>
      `Ticket raised to ${w.word('priority', 'priority')}: ${w.event()}; its clocks begin anew${w.round()}${w.because('reason')}`,
  },
  joined: {
    zh: (w) => `告警并入本工单:${w.event()};未另行呼叫,原因:${w.raw('didNotPage')}`,
    en: (w) => `Alarm joined this ticket: ${w.event()}; not paged again, because: ${w.raw('didNotPage')}`,
  },
  'taken-over': {
    zh: (w) => `并入工单 ${w.raw('by')}${w.because('because')}`,
    en: (w) => `Taken over by ticket ${w.raw('by')}${w.because('because')}`,
  },
  localised: {
    zh: (w) => `疑似来水户排查${w.because('reason')}`,
    en: (w) => `Where the water may come from${w.because('reason')}`,
  },
  moved: {
    zh: (w) =>
      `报告:${w.word('move', 'move')}${slotOf(w, '(', ')')}${w.onBehalf()}${w.because('reason')}${w.quoted('note')}${openSteps(w)}`,
    en: (w) =>
      `Reported: ${w.word('move', 'move')}${slotOf(w, ' (', ')')}${w.onBehalf()}${w.because('reason')}${w.quoted('note')}${openSteps(w)}`,
  },
  reassured: {
    zh: (w) => `与被困人员联系安抚${w.quoted('note')}`,
    en: (w) => `Spoke with the trapped people${w.quoted('note')}`,
  },
  'step-done': {
    zh: (w) => `完成步骤 ${w.step()}${w.quoted('note')}`,
    en: (w) => `Step done: ${w.step()}${w.quoted('note')}`,
  },
  'step-skip': {
    zh: (w) => `跳过步骤 ${w.step()}${w.quoted('note')}`,
    en: (w) => `Step skipped: ${w.step()}${w.quoted('note')}`,
  },
  'step-reopen': { zh: (w) => `撤销步骤 ${w.step()}`, en: (w) => `Step taken back: ${w.step()}` },
  'step-late': { zh: (w) => `步骤超时:${w.step()}`, en: (w) => `Step past its limit: ${w.step()}` },
  'tier-due': {
    zh: (w) => `到达第 ${w.raw('tier')} 级救援时限,监控中心应呼叫:${reasonIn('zh', w.raw('controlRoomCalls'))}`,
    en: (w) =>
      `Limit of rescue tier ${w.raw('tier')} reached: the control room is to call the ${w.raw('controlRoomCalls')}`,
  },
};

const slotOf = (w: SentenceWriter, before: string, after: string): string =>
  w.has('slot') ? `${before}${w.slot()}${after}` : '';
const openSteps = (w: SentenceWriter): string => {
  const keys = w.list('requiredStepsOpen');
  return keys === '' ? '' : ` [${keys}]`;
};

const PAGING: Readonly<Record<string, JournalKind>> = {
  'slot-opened': {
    zh: (w) => `开始呼叫${w.slot()}${w.round()}`,
    en: (w) => `Paging began for the ${w.slot()}${w.round()}`,
  },
  'slot-reopened': {
    zh: (w) => `${w.slot()} ${w.person('holder')} 无动静,岗位重新呼叫${w.round()}${w.because('because')}`,
    en: (w) => `${w.person('holder')} was silent as ${w.slot()}: paged anew${w.round()}${w.because('because')}`,
  },
  'asked-again': {
    zh: (w) => `再次询问${w.slot()} ${w.person('holder')}${w.because('because')}`,
    en: (w) => `${w.person('holder')} (${w.slot()}) was asked again${w.because('because')}`,
  },
  paged: {
    zh: (w) => `通知${w.slot()}第 ${w.raw('level')} 级:${w.people()}${w.round()}`,
    en: (w) => `Paged for ${w.slot()}, level ${w.raw('level')}: ${w.people()}${w.round()}`,
  },
  'level-skipped': {
    zh: (w) => `${w.slot()}第 ${w.raw('level')} 级被跳过${w.because('reason')}`,
    en: (w) => `Level ${w.raw('level')} of ${w.slot()} skipped${w.because('reason')}`,
  },
  'last-resort': {
    zh: (w) => `${w.slot()}所有级别均无人可呼,最后呼叫监控中心:${w.people()}`,
    en: (w) => `No level of ${w.slot()} had anybody left: the control room was rung: ${w.people()}`,
  },
  undelivered: {
    zh: (w) => `${w.person('person')} 的通知 ${w.raw('afterS')} 秒内未送达(${w.slot()}第 ${w.raw('level')} 级)`,
    en: (w) =>
      `Page to ${w.person('person')} not delivered in ${w.raw('afterS')} s (${w.slot()}, level ${w.raw('level')})`,
  },
  accepted: {
    zh: (w) => `${w.person('holder')} 接单,担任${w.slot()}${w.round()}${w.onBehalf()}`,
    en: (w) => `${w.person('holder')} accepted as ${w.slot()}${w.round()}${w.onBehalf()}`,
  },
  declined: {
    zh: (w) => `无法前往(${w.slot()}第 ${w.raw('level')} 级)${w.because('reason')}`,
    en: (w) => `Declined (${w.slot()}, level ${w.raw('level')})${w.because('reason')}`,
  },
};

const REGISTER: Readonly<Record<string, JournalKind>> = {
  'device-life': {
    zh: (w) => `设备状态由${w.word('life', 'from')}改为${w.word('life', 'to')}${w.because('reason')}`,
    en: (w) => `Device was ${w.word('life', 'from')}, is now ${w.word('life', 'to')}${w.because('reason')}`,
  },
  'device-token-rotated': { zh: () => '设备换发了新的接入密钥', en: () => 'The device was given a new token' },
  'device-token-revoked': { zh: () => '设备的接入密钥被吊销', en: () => 'The device’s token was revoked' },
  'rule-override': {
    zh: (w) => `规则阈值 ${w.raw('key')} 改为 ${w.raw('value') || '默认'}${w.because('reason')}`,
    en: (w) => `Threshold ${w.raw('key')} set to ${w.raw('value') || 'its default'}${w.because('reason')}`,
  },
  'unit-visit': {
    zh: (w) => `房屋 ${w.raw('unit')} 登记入户${w.because('reason')}`,
    en: (w) => `A visit to unit ${w.raw('unit')} was logged${w.because('reason')}`,
  },
  'unit-away': {
    zh: (w) => `房屋 ${w.raw('unit')} 登记住户外出${w.because('until')}`,
    en: (w) => `Residents of unit ${w.raw('unit')} are away${w.because('until')}`,
  },
  'unit-occupancy': {
    zh: (w) => `房屋 ${w.raw('unit')} 使用状态由 ${w.raw('from')} 改为 ${w.raw('to')}${w.because('reason')}`,
    en: (w) => `Unit ${w.raw('unit')} was ${w.raw('from')}, is now ${w.raw('to')}${w.because('reason')}`,
  },
  'clock-step': {
    zh: (w) => `服务器时钟跳变 ${w.raw('byMs')} 毫秒,未到期的时限随之平移`,
    en: (w) => `The server’s clock jumped by ${w.raw('byMs')} ms; open deadlines were moved with it`,
  },
};

/** Every kind of line that Steward writes into the journal. A test holds this list against the source. */
export const JOURNAL_KINDS: Readonly<Record<string, JournalKind>> = {
  ...ALARMS,
  ...TICKETS,
  ...PAGING,
  ...REGISTER,
  ...WORK_KINDS,
};
