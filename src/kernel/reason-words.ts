/**
 * What Steward itself gives as a reason, English → Chinese. `{}` stands for whatever is told there; `{n}` in the Chinese for
 * the n-th of them, which is said in Chinese too where it is a sentence of its own.
 */
const SENTENCES: readonly (readonly [en: string, zh: string])[] = [
  // Lifts
  ['occupied, not moving, door not open for {} s at a landing', '有人,未运行,平层处门未打开已 {1} 秒'],
  ['occupied, not moving, door not open for {} s outside the door zone', '有人,未运行,非平层处门未打开已 {1} 秒'],
  [
    'occupied and no full opening at a landing for {} s, now outside the door zone',
    '有人,{1} 秒内未在平层完全开门,现停在门区外',
  ],
  ['occupied and no full opening at a landing for {} s, now at a landing', '有人,{1} 秒内未在平层完全开门,现在平层'],
  ['the door was fully open at a landing', '平层处门已完全打开'],
  ['the lift reports the entrapment no more', '电梯不再报告困人'],
  ['the lift itself reports {}', '电梯自身报告:{1}'],
  ['the lift reports {} no more', '电梯不再报告:{1}'],
  ['overspeed, with people in the car', '超速,轿厢有人'],
  ['overspeed', '超速'],
  ['a door fault', '门故障'],
  ['silent for {} s with people in the car', '轿厢有人,设备失联 {1} 秒'],
  [
    'silent for {} s with people in the car, which was running; the whole building is out of contact',
    '轿厢有人且正在运行,设备失联 {1} 秒;整栋楼通信中断',
  ],
  ['silent with people in the car, and the building has lost power', '轿厢有人,设备失联,且楼栋停电'],
  ['the lift speaks again and the car runs', '设备恢复通信,电梯正常运行'],
  ['the lift speaks again and its door has opened', '设备恢复通信,门已打开'],
  ['the building is back in contact; the silence of this lift is its own', '楼栋通信已恢复,仅此电梯仍失联'],
  ['alarm button held for {} s', '报警按钮按住 {1} 秒'],
  ['alarm button pressed twice within {} s', '{1} 秒内两次按下报警按钮'],
  ['alarm button released', '报警按钮已松开'],
  ['standing outside the door zone for {} s, {}', '停在门区外 {1} 秒,{2}'],
  ['beyond a terminal floor for {} s, {}', '越过端站 {1} 秒,{2}'],
  ['empty', '轿厢无人'],
  ['occupied', '轿厢有人'],
  ['with people in the car', '轿厢有人'],
  ['nobody knows whether people are inside', '轿厢是否有人不明'],
  ['the car moves or stands level again', '轿厢已移动或已平层'],
  ['back between the terminal landings', '已回到端站之间'],
  ['door open for {} s', '门开启 {1} 秒'],
  ['the car has left', '轿厢已离开'],
  ['moving outside the door zone with the door open', '门开着在门区外移动'],
  ['no longer moving with the door open', '不再开门移动'],
  ['safety circuit open for {} s with the door closed and the car stopped', '门关且停梯时安全回路断开 {1} 秒'],
  ['the safety circuit is closed', '安全回路已闭合'],
  ['an electric bicycle is in the car, and still was once the door had closed', '电动自行车进入轿厢,关门后仍在'],
  ['no electric bicycle seen any more', '不再看到电动自行车'],
  ['in earthquake mode for {} s', '地震模式 {1} 秒'],
  ['no longer in earthquake mode', '已退出地震模式'],
  ['on emergency power for {} s', '应急电源供电 {1} 秒'],
  ['no longer on emergency power', '不再由应急电源供电'],
  ['out of service for {} s', '停用 {1} 秒'],
  ['in service again', '恢复使用'],
  ['water in the pit for {} s', '底坑有水 {1} 秒'],
  ['the pit is dry', '底坑已干'],
  ['without mains power for {} s', '无市电 {1} 秒'],
  ['the mains are back', '市电恢复'],
  // Water
  ['water runs in an empty unit: {} L without a pause', '空置户持续用水:不间断 {1} 升'],
  ['no register step for {} min', '{1} 分钟内水表未走'],
  ['no hour without water for {} h, {} L in the smallest hour', '{1} 小时内无一小时停水,最少一小时 {2} 升'],
  ['no water for {} min', '{1} 分钟无用水'],
  ['{} L in {} min', '{2} 分钟用水 {1} 升'],
  ['the flow has gone', '水流已停'],
  ['{} L used in {} waking hours where a person lives alone', '独居住户清醒的 {2} 小时内仅用水 {1} 升'],
  ['nobody has been reached for {} min', '{1} 分钟仍未联系上人'],
  ['the meter says that it has no water', '水表报告无水'],
  ['the meter says that it was tampered with', '水表报告被动过'],
  ['the meter says that water runs backwards', '水表报告倒流'],
  ['the meter says so no more', '水表不再报告'],
  ['wet for {} s', '浸水 {1} 秒'],
  ['dry again', '已干'],
  ['drain level at {} % of overflow or more', '排水液位达到溢流的 {1} % 以上'],
  ['drained and dry', '已排空并变干'],
  ['pipe in an empty unit at {} °C or less for {} min', '空置户管道 {1} °C 以下已 {2} 分钟'],
  ['above {} °C again', '已回升到 {1} °C 以上'],
  ['pressure {} MPa below what this hour of the week expects', '压力比本周此时的常值低 {1} MPa'],
  ['pressure above {} MPa for {} s', '压力高于 {1} MPa 已 {2} 秒'],
  ['pressure below {} MPa for {} s', '压力低于 {1} MPa 已 {2} 秒'],
  ['pressure in range', '压力正常'],
  ['pressure is restored', '压力已恢复'],
  ['night flow {} L/h is above that of the last nights', '夜间流量 {1} 升/小时高于前几夜'],
  ['back to what is usual here', '已回到常态'],
  // Gates
  ['duress code entered', '输入了胁迫码'],
  ['no further duress code', '没有再输入胁迫码'],
  ['opened with no grant and no request to exit', '未授权也无出门请求而被打开'],
  ['closed', '已关闭'],
  ['{} denials within {} s', '{2} 秒内被拒 {1} 次'],
  ['no further denials', '没有再被拒'],
  ['told to be {}, not reached', '已下令“{1}”,未到位'],
  ['open', '开'],
  ['reached {} commanded positions', '已 {1} 次到位'],
  ['the gate reports a fault', '门禁报告故障'],
  ['the fault is gone', '故障消失'],
  ['tamper contact open', '防拆触点断开'],
  ['tamper contact closed again', '防拆触点恢复'],
  // Devices, buildings, estates
  ['silent for {} s', '失联 {1} 秒'],
  ['a reading came', '收到读数'],
  ['battery at {} %', '电量 {1} %'],
  ['battery changed', '已换电池'],
  ['its clock is {} s {}', '时钟{2} {1} 秒'],
  ['fast', '快'],
  ['slow', '慢'],
  ['the clock is right again', '时钟已正确'],
  ['{} readings lost on the way', '途中丢失 {1} 条读数'],
  ['nothing lost since; {} lost in all', '此后没有再丢,共丢 {1} 条'],
  ['{} came and went {} times in {} s', '{1} 在 {3} 秒内反复 {2} 次'],
  ['{} came and went no more for {} min', '{1} 已 {2} 分钟不再反复'],
  ['{} has been {} for {} h', '{1} 停在 {2} 已 {3} 小时'],
  ['{} moves again', '{1} 又有变化'],
  ['{} is true', '{1} 报警'],
  ['not any more: {} is true', '{1} 不再报警'],
  ['{} device(s) report no mains and {} more fell silent', '{1} 台设备报告无市电,另有 {2} 台失联'],
  ['{} of {} devices are back', '{2} 台设备中 {1} 台恢复'],
  [
    '{} devices of the building fell silent together, and none reports a loss of mains',
    '楼内 {1} 台设备同时失联,无一报告停电',
  ],
  ['{} lift(s) in fire return or firefighter mode', '{1} 台电梯处于消防返回或消防员模式'],
  ['all lifts are back from fire mode', '所有电梯已退出消防模式'],
  ['{} °C outdoors, at or below {} °C', '室外 {1} °C,不高于 {2} °C'],
  ['above {} °C for {} h', '高于 {1} °C 已 {2} 小时'],
  // Paging and tickets
  ['level {} is due after {} s', '第 {1} 级到时(开始后 {2} 秒)'],
  ['level {} is brought forward: {}', '第 {1} 级提前:{2}'],
  ['the last resort: {}', '最后手段:{1}'],
  ['nobody has accepted in {} s', '{1} 秒内无人接单'],
  ['a page below was not delivered in 10 s', '下级呼叫 10 秒未送达'],
  ['nobody below is left to answer', '下级无人可答'],
  ['the level below was skipped', '下级被跳过'],
  ['not delivered in 10 s', '10 秒未送达'],
  ['everybody on it was paged already', '该级人员均已呼叫'],
  ['a new round', '新一轮'],
  ['on shift now, not before', '刚上班'],
  ['people were freed', '人员已救出'],
  ['nobody has answered as rescuer', '救援岗位无人应答'],
  ['district rescue station', '区救援站'],
  ['fire brigade (119) and police (110)', '消防(119)与公安(110)'],
  ['nobody is out after {} minutes', '{1} 分钟仍未救出'],
  ['no reassurance contact logged for 5 minutes', '5 分钟未记录安抚联系'],
  ['not on site {} minutes after accepting', '接单 {1} 分钟仍未到场'],
  ['not on the way {} minutes after accepting', '接单 {1} 分钟仍未出发'],
  ['called before its time', '提前呼叫'],
  ['reassigned', '已改派'],
  ['reassigned to {}', '已改派给 {1}'],
  ['taken by {}', '{1} 已接'],
  ['asked for by {}', '{1} 要求'],
  ['P4 goes to the list and the digest', 'P4 只进列表和汇总'],
  ['in commissioning: for the installer only', '调试中:只通知安装人员'],
  ['under a maintenance permit', '维保许可期间'],
  ['rain', '下雨'],
  ['planned at the end', '结束时安排'],
  ['the same car', '同一轿厢'],
  ['the same leak on this riser', '同一立管的同一处漏水'],
];

interface Form {
  readonly pattern: RegExp;
  readonly zh: string;
}

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
const PLAIN = new Map(SENTENCES.filter(([en]) => !en.includes('{}')));
const FORMS: readonly Form[] = SENTENCES.filter(([en]) => en.includes('{}')).map(([en, zh]) => ({
  pattern: new RegExp(`^${en.split('{}').map(escaped).join('([^;]+?)')}$`),
  zh,
}));

/** Chinese for a reason of Steward's own; null = it is none, or one that is not known here. */
export function chineseReason(reason: string): string | null {
  const plain = PLAIN.get(reason);
  if (plain !== undefined) return plain;
  for (const { pattern, zh } of FORMS) {
    const told = pattern.exec(reason);
    if (told) return zh.replaceAll(/\{(\d)\}/g, (_, n: string) => inWords(told[Number(n)] ?? ''));
  }
  const parts = reason.split('; ');
  return parts.length > 1 && parts.every((p) => chineseReason(p) !== null) ? parts.map(inWords).join(';') : null;
}

/** A number, a name, or a sentence of its own. */
const inWords = (told: string): string => chineseReason(told) ?? told;

/** A reason in the reader's language. What a person has written stands as it was written. */
export const reasonIn = (lang: 'zh' | 'en', reason: string): string => (lang === 'zh' ? inWords(reason) : reason);
