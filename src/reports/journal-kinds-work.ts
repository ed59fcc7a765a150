import type { JournalKind } from './journal-kind.js';
import type { SentenceWriter } from './sentence-writer.js';

const pick = (words: Readonly<Record<string, string>>, key: string): string => words[key] ?? key;
const TASKS_ZH = {
  visit: '当日慰问回访',
  'urgent-repair': '紧急维修(24 小时内)',
  'first-rain': '首个雨天复查',
  'paid-repair': '有偿维修回访',
  complaint: '投诉回访',
  're-inspection': '复查',
  'alarm-path-press': '人工按报警按钮测试',
  drill: '演练',
  other: '其他',
} as const;
const TASKS_EN = {
  visit: 'visit on the same day',
  'urgent-repair': 'urgent repair within 24 h',
  'first-rain': 'look on the first rainy day',
  'paid-repair': 'visit after a paid repair',
  complaint: 'visit after a complaint',
  're-inspection': 'inspection anew',
  'alarm-path-press': 'press the alarm button by hand',
  drill: 'drill',
  other: 'other',
} as const;
const WEATHER_ZH = { rain: '降雨', typhoon: '台风', 'plum-rain': '梅雨', frost: '霜冻' } as const;
const CLOCKS_ZH = {
  accept: '接单',
  'property-start': '物业启动救援',
  'contractor-answer': '维保应答',
  'contractor-arrival': '维保到场',
  rescue: '救援时钟',
  reassurance: '安抚联系',
  'engineering-response': '工程到场',
} as const;
const task = (w: SentenceWriter, lang: 'zh' | 'en'): string => pick(lang === 'zh' ? TASKS_ZH : TASKS_EN, w.raw('kind'));
const stars = (w: SentenceWriter, lang: 'zh' | 'en'): string =>
  w.has('satisfaction')
    ? lang === 'zh'
      ? `,满意度 ${w.raw('satisfaction')}/5`
      : `, satisfaction ${w.raw('satisfaction')}/5`
    : '';

/** Calls from outside and what people arrange between tickets. */
const DESK: Readonly<Record<string, JournalKind>> = {
  'call-taken': {
    zh: (w) => `接到来电报告:${w.event()}${w.raw('joined') === 'true' ? ',并入本工单' : ''}`,
    en: (w) => `A call was taken: ${w.event()}${w.raw('joined') === 'true' ? '; it joined this ticket' : ''}`,
  },
  'note-added': { zh: (w) => `留言${w.note()}`, en: (w) => `Note${w.note()}` },
  'person-added': {
    zh: (w) => `加派 ${w.person('person')}(${w.slot()})${w.because('reason')}`,
    en: (w) => `${w.person('person')} was added (${w.slot()})${w.because('reason')}`,
  },
  reassigned: {
    zh: (w) => `${w.slot()}由 ${w.person('holder')} 改派 ${w.person('person')}${w.because('reason')}`,
    en: (w) => `${w.slot()} was passed from ${w.person('holder')} to ${w.person('person')}${w.because('reason')}`,
  },
  merged: {
    zh: (w) => `工单 ${w.raw('from')} 并入 ${w.raw('into')}${w.because('reason')}`,
    en: (w) => `Ticket ${w.raw('from')} was merged into ${w.raw('into')}${w.because('reason')}`,
  },
  split: {
    zh: (w) => `从工单 ${w.raw('from')} 拆出 ${w.raw('into')}${w.because('reason')}`,
    en: (w) => `Ticket ${w.raw('into')} was split from ${w.raw('from')}${w.because('reason')}`,
  },
  'evidence-added': {
    zh: (w) =>
      `上传证据(${w.raw('mime')})${w.has('no') ? `,步骤 ${w.step()}` : ''},SHA-256 ${w.raw('sha256')}${w.because('because')}`,
    en: (w) =>
      `Evidence added (${w.raw('mime')})${w.has('no') ? `, step ${w.step()}` : ''}, SHA-256 ${w.raw('sha256')}${w.because('because')}`,
  },
  'notice-sent': { zh: () => '已通知住户', en: () => 'Residents were told' },
};

/** Limits, tiers and ways to a person. */
const CLOCKS_AND_CHANNELS: Readonly<Record<string, JournalKind>> = {
  'limit-missed': {
    zh: (w) => `超过时限:${pick(CLOCKS_ZH, w.raw('clock'))}(${w.raw('limitS')} 秒)`,
    en: (w) => `Limit missed: ${w.raw('clock')} (${w.raw('limitS')} s)`,
  },
  'tier-called': {
    zh: (w) => `已呼叫第 ${w.raw('tier')} 级救援,通话人 ${w.raw('spokeWith')}${w.quoted('note')}`,
    en: (w) => `Rescue tier ${w.raw('tier')} was called, spoke with ${w.raw('spokeWith')}${w.quoted('note')}`,
  },
  'tier-asked-again': {
    zh: (w) => `再次提示监控中心呼叫第 ${w.raw('tier')} 级救援`,
    en: (w) => `The control room was asked again to call rescue tier ${w.raw('tier')}`,
  },
  'paged-newcomers': {
    zh: (w) => `换班后补呼${w.slot()}第 ${w.raw('level')} 级:${w.people()}`,
    en: (w) => `Came on duty and paged for ${w.slot()}, level ${w.raw('level')}: ${w.people()}`,
  },
  'next-channel': {
    zh: (w) => `改用${w.word('channel', 'channel')}通知 ${w.person('person')}${w.because('because')}`,
    en: (w) => `${w.person('person')} is paged by ${w.word('channel', 'channel')} now${w.because('because')}`,
  },
  'page-lost': {
    zh: (w) =>
      `经${w.word('channel', 'channel')}通知 ${w.person('person')} 失败,共试 ${w.raw('attempts')} 次${w.because('reason')}`,
    en: (w) =>
      `Page to ${w.person('person')} by ${w.word('channel', 'channel')} given up after ${w.raw('attempts')} tries${w.because('reason')}`,
  },
  'page-sent-again': {
    zh: (w) => `经${w.word('channel', 'channel')}重新通知 ${w.person('person')}`,
    en: (w) => `Page to ${w.person('person')} by ${w.word('channel', 'channel')} sent again`,
  },
};

/** What comes after an emergency, and before the next. */
const AFTERWARDS: Readonly<Record<string, JournalKind>> = {
  'follow-up-made': {
    zh: (w) => `安排后续:${task(w, 'zh')}(${w.word('role', 'role')})`,
    en: (w) => `Follow-up planned: ${task(w, 'en')} (${w.word('role', 'role')})`,
  },
  'follow-up-released': {
    zh: () => '等待的后续任务到期可办(下雨)',
    en: () => 'A follow-up that waited for rain is due',
  },
  'follow-up-assigned': {
    zh: (w) => `后续任务改派 ${w.has('assignee') ? w.person('assignee') : w.word('role', 'role')}`,
    en: (w) => `Follow-up assigned to ${w.has('assignee') ? w.person('assignee') : w.word('role', 'role')}`,
  },
  'follow-up-overdue': { zh: (w) => `后续任务逾期:${task(w, 'zh')}`, en: (w) => `Follow-up overdue: ${task(w, 'en')}` },
  'follow-up-done': {
    zh: (w) => `后续任务完成:${task(w, 'zh')}${stars(w, 'zh')}${w.because('outcome')}`,
    en: (w) => `Follow-up done: ${task(w, 'en')}${stars(w, 'en')}${w.because('outcome')}`,
  },
  'follow-up-skipped': {
    zh: (w) => `后续任务跳过:${task(w, 'zh')}${w.because('reason')}`,
    en: (w) => `Follow-up skipped: ${task(w, 'en')}${w.because('reason')}`,
  },
  'follow-ups-over': {
    zh: () => '后续任务全部完成,可以关单',
    en: () => 'All follow-ups are over: the ticket may be closed',
  },
  'drill-started': {
    zh: (w) => `演练开始:${w.event()}${w.quoted('note')}`,
    en: (w) => `Drill begun: ${w.event()}${w.quoted('note')}`,
  },
  'alarm-path-asked': { zh: () => '要求电梯自测报警通道', en: () => 'The lift was asked to test its alarm path' },
  'alarm-path-passed': { zh: () => '报警通道测试通过', en: () => 'The alarm path test passed' },
  'alarm-path-failed': {
    zh: (w) => `报警通道测试失败${w.because('reason')}`,
    en: (w) => `The alarm path test failed${w.because('reason')}`,
  },
  'weather-flag': {
    zh: (w) => `天气标记:${pick(WEATHER_ZH, w.raw('weather'))}`,
    en: (w) => `Weather flag: ${w.raw('weather')}`,
  },
  'weather-cleared': {
    zh: (w) => `取消天气标记:${pick(WEATHER_ZH, w.raw('weather'))}`,
    en: (w) => `Weather flag taken back: ${w.raw('weather')}`,
  },
  'weather-token-rotated': { zh: () => '天气接口换发了新密钥', en: () => 'The weather service was given a new token' },
  'inspection-made': {
    zh: (w) => `空置房巡检清单:${w.raw('units')} 户`,
    en: (w) => `List of empty flats to inspect: ${w.raw('units')}`,
  },
  'unit-inspected': {
    zh: (w) => `空置房已巡检:${w.raw('unit')}${w.quoted('note')}`,
    en: (w) => `Empty flat inspected: ${w.raw('unit')}${w.quoted('note')}`,
  },
  'inspection-over': { zh: () => '空置房巡检完成', en: () => 'The empty flats have all been inspected' },
  'door-patrolled': { zh: (w) => `巡门${w.quoted('note')}`, en: (w) => `Door patrolled${w.quoted('note')}` },
  'patrol-missed': { zh: () => '巡逻漏检', en: () => 'A patrol round was missed' },
  'patrol-plan': { zh: () => '巡逻计划变更', en: () => 'The plan of patrols was changed' },
  'handover-written': { zh: () => '交接班记录已生成', en: () => 'The shift handover was written' },
  'handover-signed': {
    zh: (w) => `交接班已签收${w.quoted('note')}`,
    en: (w) => `The shift handover was signed${w.quoted('note')}`,
  },
  'handover-unsigned': { zh: () => '交接班逾期未签收', en: () => 'The shift handover was not signed in time' },
};

/** What is set for a whole estate. */
const SETTINGS: Readonly<Record<string, JournalKind>> = {
  'roster-changed': { zh: (w) => `排班变更:${w.raw('what')}`, en: (w) => `Roster changed: ${w.raw('what')}` },
  'escalation-policy': { zh: (w) => `升级策略变更:${w.event()}`, en: (w) => `Escalation policy changed: ${w.event()}` },
  'procedure-drafted': { zh: (w) => `预案草稿:${w.raw('id')}`, en: (w) => `Procedure drafted: ${w.raw('id')}` },
  'procedure-discarded': {
    zh: (w) => `预案草稿作废:${w.raw('id')}`,
    en: (w) => `Draft of a procedure discarded: ${w.raw('id')}`,
  },
  'procedure-published': { zh: (w) => `预案发布:${w.raw('id')}`, en: (w) => `Procedure published: ${w.raw('id')}` },
  'procedure-retired': { zh: (w) => `预案停用:${w.raw('id')}`, en: (w) => `Procedure retired: ${w.raw('id')}` },
};

export const WORK_KINDS: Readonly<Record<string, JournalKind>> = {
  ...DESK,
  ...CLOCKS_AND_CHANNELS,
  ...AFTERWARDS,
  ...SETTINGS,
};
