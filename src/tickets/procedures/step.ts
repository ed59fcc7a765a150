import type { Names } from '../../gateway/views.js';
import type { ProcedureStep } from '../procedure.js';

interface More {
  readonly after?: readonly string[];
  readonly skip?: readonly Names[];
}

/** One step on one line, as the handbook lists them. `limitS` in seconds from the ticket's opening. */
export const step = (
  key: string,
  zh: string,
  en: string,
  role: ProcedureStep['role'],
  limitS: number | null,
  required: boolean,
  evidence: ProcedureStep['evidence'] = null,
  more: More = {},
): ProcedureStep => ({
  key,
  title: { zh, en },
  role,
  limitS,
  required,
  evidence,
  ...(more.after ? { after: more.after } : {}),
  ...(more.skip ? { skipReasons: more.skip } : {}),
});

/** Reasons that several steps share. */
export const SKIP = {
  notNeeded: { zh: '现场不需要', en: 'Not needed here' },
  byOthers: { zh: '已由他人完成', en: 'Others have done it' },
  unreachable: { zh: '联系不上,已多次尝试', en: 'Cannot be reached, tried several times' },
  refused: { zh: '对方拒绝', en: 'They refuse' },
  unsafe: { zh: '现场不安全,未执行', en: 'Not safe to do' },
  noAccess: { zh: '无法进入', en: 'No access' },
  nobodyInside: { zh: '轿厢内无人', en: 'Nobody in the car' },
  noEquipment: { zh: '现场没有该设备', en: 'There is no such equipment here' },
  firstTime: { zh: '首次发生', en: 'It is the first time' },
  dry: { zh: '没有积水', en: 'There is no water to clear' },
} satisfies Record<string, Names>;
