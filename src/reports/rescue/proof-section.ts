import { createHash } from 'node:crypto';
import { localStamp } from '../local-stamp.js';
import type { Block, ReportLang, Section } from '../report-document.js';
import type { ProvenLine, ReportMaker, RescueFacts } from './rescue-facts.js';

/** One hash over the hashes of a ticket's journal lines, in order: what `npm run journal:verify -- --ticket` prints too. */
export function digestOfLines(lines: readonly Pick<ProvenLine, 'hash'>[]): string {
  const sum = createHash('sha256');
  for (const l of lines) sum.update(Buffer.from(l.hash, 'hex'));
  return sum.digest('hex');
}

/** How anybody may see for himself that nothing was changed since. */
export function proofSection(facts: RescueFacts, maker: ReportMaker, lang: ReportLang): Section {
  const say = (zh: string, en: string): string => (lang === 'zh' ? zh : en);
  const [first, last] = [facts.lines[0], facts.lines.at(-1)];
  const broken = facts.lines.filter((l) => !l.holds).map((l) => l.no);
  const code = (text: string): Block => ({ kind: 'paragraph', text, code: true });
  const line = (l: ProvenLine | undefined): string => (l ? `${l.no}  ${l.hash}` : '–');
  return {
    title: say('证明', 'Proof'),
    blocks: [
      {
        kind: 'facts',
        items: [
          { label: say('记录行数', 'Journal lines'), text: String(facts.lines.length) },
          { label: say('首行', 'First line'), text: line(first) },
          { label: say('末行', 'Last line'), text: line(last) },
          { label: say('本工单各行摘要', 'Digest of its lines'), text: digestOfLines(facts.lines) },
          { label: say('生成时小区链头', 'Head of the estate’s chain'), text: `${facts.head.no}  ${facts.head.hash}` },
          {
            label: say('逐行核验', 'Each line checked'),
            ...(broken.length === 0
              ? {
                  text: say('内容与哈希一致,并接续前一行', 'content fits its hash and follows the line before it'),
                  mark: 'good' as const,
                }
              : {
                  text: say(`第 ${broken.join('、')} 行不符`, `lines ${broken.join(', ')} do not fit`),
                  mark: 'late' as const,
                }),
          },
          {
            label: say('生成', 'Made'),
            text: `${localStamp(facts.estate.timezone, maker.at)} · ${maker.name[lang]} (${maker.by})`,
          },
        ],
      },
      {
        kind: 'paragraph',
        text: say(
          '每一行都含前一行的哈希:改动、删除或调换任何一行,其后的链条都不再吻合。在运行管家的机器上核验整条链,并与本报告比对:',
          'Each line holds the hash of the one before it: change, remove or swap one, and the chain does not fit from there on. ' +
            'On the machine that runs Steward, this verifies the whole chain and compares it with this report:',
        ),
      },
      code(
        `npm run journal:verify -- --estate ${facts.estate.id} --ticket ${facts.ticket.no} --expect ${facts.head.no}:${facts.head.hash}`,
      ),
    ],
  };
}
