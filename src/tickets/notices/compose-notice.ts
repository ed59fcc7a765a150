import type { Names } from '../../gateway/views.js';
import type { EventName } from '../../kernel/events.js';
import { NOTICE_TEMPLATES, templateOf, type NoticeTemplate } from './notice-templates.js';

/*
 * What residents are told of an emergency: what has happened, what to do now, when it ends; and at the end that it is over.
 * In both languages, ready to be copied into a group. Names of people, flats of others and telephones never stand in it.
 */

export interface NoticeFacts {
  readonly event: EventName;
  readonly place: Names;
  /** When it began, and when it was over, as people of the place write it: `02:41`. */
  readonly began: string;
  readonly over: string | null;
  readonly drill: boolean;
  /** What was closed; null = nothing, or not known. */
  readonly valve: string | null;
  /** When it is expected to end, `14:00`; null = nobody can say yet. */
  readonly until: string | null;
  /** Labels of flats that may have become wet, and of those that must stop using water, nearest first. */
  readonly below: readonly string[];
  readonly above: readonly string[];
}
export interface Notice {
  readonly title: Names;
  readonly text: Names;
}

/** @returns null for what is no business of the residents' (duress, a neighbour who may need help) */
export function composeNotice(kind: 'begin' | 'over', f: NoticeFacts): Notice | null {
  const key = templateOf(f.event);
  if (key === null) return null;
  const t: NoticeTemplate = NOTICE_TEMPLATES[key];
  const drill = f.drill ? { zh: '【演练】', en: '[Drill] ' } : { zh: '', en: '' };
  if (kind === 'over') {
    const at = f.over ?? '';
    return {
      title: { zh: `${drill.zh}【已恢复】${t.title.zh}`, en: `${drill.en}[Over] ${t.title.en}` },
      text: {
        zh: paragraphs(
          `${f.place.zh}：${t.over.zh}（${f.began}${at ? `—${at}` : ''}）。`,
          t.after?.zh,
          '感谢您的理解与配合。',
        ),
        en: paragraphs(
          `${f.place.en}: ${t.over.en} (${f.began}${at ? ` to ${at}` : ''}).`,
          t.after?.en,
          'Thank you for your patience.',
        ),
      },
    };
  }
  const more = t.water ? waterNotes(f) : { zh: [], en: [] };
  return {
    title: { zh: `${drill.zh}【通知】${t.title.zh}`, en: `${drill.en}[Notice] ${t.title.en}` },
    text: {
      zh: paragraphs(
        `${f.place.zh}于 ${f.began} ${t.what.zh}，工作人员正在处理。`,
        `请您：${t.now.zh}`,
        ...more.zh,
        f.until ? `预计 ${f.until} 前恢复。` : '恢复时间确定后另行通知。',
      ),
      en: paragraphs(
        `${f.place.en}, ${f.began}: ${t.what.en}. Our people are at work on it.`,
        `Please: ${t.now.en}`,
        ...more.en,
        f.until ? `Expected to be over by ${f.until}.` : 'We shall tell you when it will be over.',
      ),
    },
  };
}

function waterNotes({ valve, below, above }: NoticeFacts): { zh: string[]; en: string[] } {
  const zh: string[] = [];
  const en: string[] = [];
  if (valve) {
    zh.push(`已关闭或即将关闭阀门 ${valve}，期间停水。`);
    en.push(`Valve ${valve} is or will be closed: no water meanwhile.`);
  }
  if (above.length > 0) {
    zh.push(`${above.join('、')} 请暂停用水和排水。`);
    en.push(`${above.join(', ')}: please use no water and no drain for now.`);
  }
  if (below.length > 0) {
    zh.push(`${below.join('、')} 请查看天花板和墙面，有渗水请告知我们。`);
    en.push(`${below.join(', ')}: please look at ceilings and walls, and tell us of any water.`);
  }
  return { zh, en };
}

const paragraphs = (...lines: (string | undefined)[]): string => lines.filter((l) => l).join('\n');
