/*
 * Chinese for the sentences that Steward refuses with. `{}` stands for what a sentence was filled with, in the same order;
 * what fills it is translated too, when it stands here. A sentence that is not here is told under its kind's title.
 */
const SENTENCES: readonly (readonly [en: string, zh: string])[] = [
  ['There is no such thing in your estates.', '您的小区范围内没有这项内容。'],
  ['There is no such {} in your estates.', '您的小区范围内没有这个{}。'],
  ['There is no such ticket.', '没有这张工单。'],
  ['There is no such alarm.', '没有这条告警。'],
  ['There is no such device.', '没有这台设备。'],
  ['There is no such replay.', '没有这次回放。'],
  ['There is no such webhook.', '没有这个 webhook。'],
  ['There is no such delivery.', '没有这次投递。'],
  ['There is no such page for you.', '没有发给您的这条通知。'],
  ['There is no such profile to remove.', '没有可删除的这个设备配置。'],
  ['There is no device profile "{}".', '没有设备配置“{}”。'],
  ['There is no such unclaimed device; somebody may have adopted it.', '没有这台待认领设备，可能已被认领。'],
  ['There is no parameter {}.', '没有参数 {}。'],
  ['This ticket has no step {}.', '这张工单没有第 {} 步。'],
  ['Sign in first: the token is missing, unknown or expired.', '请先登录：令牌缺失、未知或已过期。'],
  ['Sign in again: this session is unknown or over.', '请重新登录：会话未知或已结束。'],
  ['Wrong user name or password.', '用户名或密码错误。'],
  ['Too many wrong tries for this user name. Try again in {} s.', '该用户名错误次数过多，请 {} 秒后再试。'],
  ['Too many people are signing in at once. Try again in a few seconds.', '登录人数过多，请几秒后再试。'],
  ['Nobody may use this.', '此功能不对任何人开放。'],
  ['This needs the role {} in the estate {}.', '需要在小区 {1} 担任 {0}。'],
  ['This needs the role {}.', '需要角色 {}。'],
  ['Not valid: a text holds a NUL or half of a character.', '输入无效：文本含有空字符或不完整的字符。'],
  ['Not valid: {}', '输入无效：{}'],
  ['The body is not valid JSON: {}', '正文不是有效的 JSON：{}'],
  ['Taken by {} ({}).', '已由{0}接单。'],
  ['The ticket is {}: there is nothing to accept.', '工单{}，不能再接单。'],
  ['The ticket is {}.', '工单{}。'],
  ['You have no open page for this ticket.', '您没有这张工单的待处理通知。'],
  ['This ticket has no place for your role.', '这张工单没有您角色的岗位。'],
  ['Your role does not fill the {} slot.', '您的角色不能接{}岗位。'],
  ['Your role may not report {} on this ticket.', '您的角色不能在这张工单上报告{}。'],
  ['Accept the ticket first.', '请先接单。'],
  ['Only the control room may accept on somebody’s behalf.', '只有监控中心可以代人接单。'],
  ['Only the control room may report on somebody’s behalf.', '只有监控中心可以代人报告。'],
  ['Not possible: {}.', '无法执行：{}。'],
  ['a ticket that is {} cannot move to {}', '{0}的工单不能变为{1}'],
  ['this procedure has no {}', '本流程没有{}'],
  ['already {}', '已经{}'],
  ['{} needs a reason', '{}需要写明原因'],
  ['This ticket has no trapped people to reassure.', '这张工单没有需要安抚的被困人员。'],
  ['This ticket is not about water.', '这张工单与水无关。'],
  ['Say why this step is skipped.', '请写明跳过这一步的原因。'],
  ['This step is {} already.', '这一步已经{}。'],
  ['Reset the panel first, and end its alarm.', '请先复位报警主机，并结束其告警。'],
  ['Somebody must be on the spot before the panel is reset.', '复位报警主机前必须有人到场。'],
  ['A P1 alarm cannot be shelved: a person is in danger.', 'P1 告警不能搁置：有人处于危险中。'],
  ['This alarm cannot be ended by {}.', '这条告警不能以{}方式结束。'],
  ['End it through its ticket: report rescued, or false alarm.', '请通过工单结束：报告已救出或误报。'],
  ['An alarm that is {} cannot be {}.', '状态为 {0} 的告警不能{1}。'],
  ['A device that is {} cannot become {}.', '{0}的设备不能变为{1}。'],
  ['Not seen in both states yet: {}.', '尚未看到两种状态：{}。'],
  ['A maintenance permit needs a reason and an end within the next 7 days.', '检修许可需要原因和 7 天内的结束时间。'],
  ['An absence ends within the next year.', '外出须在一年内结束。'],
  ['{} must be between {} and {} {}.', '{0} 必须在 {1} 与 {2} {3} 之间。'],
  ['{} is a whole number.', '{} 必须是整数。'],
  ['{} is not set there.', '该处没有设置 {}。'],
  ['Steward failed at this. The number finds the cause in its log.', '服务处理失败，凭编号可在日志中查到原因。'],
  ['This request is under way. Ask again with the same key.', '该请求正在处理，请稍后用同一个键再试。'],
  [
    'This was carried out; the answer was lost. Do not send it again, read what it made.',
    '该请求已经执行，回答已丢失。不要重发，请重新读取结果。',
  ],
  ['This key was used for another request.', '这个键已用于另一个请求。'],
  [
    'An idempotency key is 1 to 255 visible characters, and comes with JSON alone.',
    '幂等键为 1 到 255 个可见字符，且只用于 JSON 请求。',
  ],
  // What fills them.
  ['opened', '待接单'],
  ['accepted', '已接单'],
  ['en-route', '已出发'],
  ['on-site', '已到场'],
  ['contained', '已控制'],
  ['rescued', '已救出'],
  ['resolved', '已处理'],
  ['resolve', '已处理'],
  ['follow-up', '待回访'],
  ['closed', '已关闭'],
  ['close', '关闭'],
  ['false-alarm', '误报'],
  ['cancelled', '已取消'],
  ['cancel', '取消'],
  ['done', '完成'],
  ['skipped', '跳过'],
  ['shelved', '搁置'],
  ['acknowledged', '确认'],
  ['ended', '结束'],
  ['responder', '现场处置'],
  ['rescuer', '救援'],
  ['coordinator', '监控协调'],
  ['voice', '语音联系'],
  ['panel-reset', '主机复位'],
  ['registered', '已登记'],
  ['commissioning', '调试中'],
  ['live', '运行中'],
  ['maintenance', '检修中'],
  ['retired', '已停用'],
];

const WHOLE = new Map(SENTENCES.filter(([en]) => !en.includes('{}')));
const FILLED = SENTENCES.filter(([en]) => en.includes('{}'))
  .map(([en, zh]) => ({ pieces: en.split('{}'), zh }))
  // The longer one says more of what it means.
  .sort((a, b) => b.pieces.join('').length - a.pieces.join('').length);

/** @returns null when it is not in the list */
export function refusalInChinese(message: string): string | null {
  const whole = WHOLE.get(message);
  if (whole !== undefined) return whole;
  for (const { pieces, zh } of FILLED) {
    const parts = fillingOf(message, pieces)?.map((part) => refusalInChinese(part) ?? part);
    if (parts) return zh.replace(/\{(\d?)\}/g, (_, n: string) => parts[Number(n || 0)] ?? '');
  }
  return null;
}

/** What stands between the pieces, each gap as short as can be; no pattern, for texts may be long. Null = another sentence. */
function fillingOf(message: string, pieces: readonly string[]): string[] | null {
  const [first = '', ...others] = pieces;
  const last = others.pop() ?? '';
  if (!message.startsWith(first) || !message.endsWith(last)) return null;
  const filling: string[] = [];
  let from = first.length;
  for (const piece of others) {
    const at = message.indexOf(piece, from + 1);
    if (at < 0) return null;
    filling.push(message.slice(from, at));
    from = at + piece.length;
  }
  const rest = message.slice(from, message.length - last.length);
  return message.length - last.length > from ? [...filling, rest] : null;
}
