import type { ChannelMessage } from './page-channel.port.js';

/** A message in words, for carriers that show plain text. */
export interface MessageText {
  /** One line: how urgent, what, where. */
  readonly subject: string;
  readonly body: string;
}

const URGENCY = {
  zh: { P1: '危险', P2: '损失', P3: '故障' },
  en: { P1: 'Danger', P2: 'Damage', P3: 'Fault' },
} as const;

/** Holds no name of a resident and no telephone number: it passes through other people's servers. */
export function messageText(m: ChannelMessage): MessageText {
  const zh = m.lang === 'zh';
  const title = m.title[m.lang];
  const place = m.place[m.lang];
  const no = m.ticketNo ? ` ${m.ticketNo}` : '';
  switch (m.kind) {
    case 'test': {
      const subject = zh ? '【测试】管家测试呼叫' : '[Test] Steward test page';
      return { subject, body: zh ? '这是一次测试,无需处理。' : 'This is a test. There is nothing to do.' };
    }
    case 'recall': {
      const by = m.byName?.[m.lang];
      const taken = by ? (zh ? `已由 ${by} 接单` : `Taken by ${by}`) : zh ? '已撤回' : 'Withdrawn';
      return { subject: `${taken} · ${title} · ${place}`, body: `${taken}${no}` };
    }
    case 'page': {
      const subject = `【${m.priority} ${URGENCY[m.lang][m.priority]}】${title} · ${place}`;
      const open = m.openUrl ? `${zh ? '打开接单' : 'Open and accept'}: ${m.openUrl}` : null;
      const ask = zh ? '请打开管家接单或说明无法前往。' : 'Open Steward to accept, or say that you cannot go.';
      return { subject, body: [`${place}${no}`, ask, ...(open ? [open] : [])].join('\n') };
    }
  }
}
