import type { Priority } from '../../kernel/events.js';
import { CHANNELS, type ChannelName } from '../../kernel/channels.js';

export type PagePriority = Exclude<Priority, 'P4'>;

/** One channel as a person wants it. */
export interface ChannelChoice {
  readonly channel: ChannelName;
  readonly on: boolean;
  readonly priorities: readonly PagePriority[];
}
/** Local time `HH:MM`; `to` ≤ `from` runs over midnight. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}
export interface PushAddress {
  readonly id: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}
export const WEBHOOK_KINDS = ['generic', 'wecom', 'dingtalk', 'feishu', 'sms-gateway'] as const;
export interface WebhookAddress {
  readonly kind: (typeof WEBHOOK_KINDS)[number];
  readonly url: string;
  /** Signs what is sent; DingTalk's and Feishu's own schemes use it too. */
  readonly secret: string | null;
  /** Telephone number for a gateway, instead of the person's own. */
  readonly number: string | null;
}

/** How one person is reached. */
export interface Reach {
  readonly choices: readonly ChannelChoice[];
  readonly lang: 'zh' | 'en';
  readonly quiet: QuietHours | null;
  readonly push: readonly PushAddress[];
  readonly webhook: WebhookAddress | null;
  readonly email: string | null;
}

/** Mail is read when there is time: not for what cannot wait. */
const USUAL: Readonly<Record<ChannelName, readonly PagePriority[]>> = {
  websocket: ['P1', 'P2', 'P3'],
  'web-push': ['P1', 'P2', 'P3'],
  webhook: ['P1', 'P2', 'P3'],
  email: ['P3'],
};

export const usualChoice = (channel: ChannelName): ChannelChoice => ({
  channel,
  on: true,
  priorities: USUAL[channel],
});

export const DEFAULT_REACH: Reach = {
  choices: CHANNELS.map(usualChoice),
  lang: 'zh',
  quiet: null,
  push: [],
  webhook: null,
  email: null,
};

/** What was kept as it is understood now: no channel twice, none missing, the websocket never off. */
export function tidyChoices(kept: readonly ChannelChoice[]): ChannelChoice[] {
  const known = kept.filter(
    (c, i) => CHANNELS.includes(c.channel) && kept.findIndex((x) => x.channel === c.channel) === i,
  );
  const missing = CHANNELS.filter((c) => !known.some((k) => k.channel === c)).map(usualChoice);
  return [...known, ...missing].map((c) => (c.channel === 'websocket' ? { ...usualChoice('websocket') } : c));
}
