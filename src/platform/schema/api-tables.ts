import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

interface IdempotencyKeyTable {
  principal: string;
  route: string;
  key: string;
  request_sha256: string;
  token: string;
  started_at: Time;
  committed_at: TimeOrNull;
  status: ColumnType<number | null, number | null | undefined, number | null>;
  answer_key: ColumnType<string | null, string | null | undefined, string | null>;
  answer: ColumnType<string | null, string | null | undefined, string | null>;
}
interface WebhookTable {
  id: string;
  scope: 'organisation' | 'estate';
  scope_id: string;
  name: string;
  url: string;
  events: string[];
  active: boolean;
  why_inactive: string | null;
  secret_key_id: string;
  secret: string;
  created_by: string;
  created_at: Time;
  updated_at: Time;
}
interface WebhookCursorTable {
  webhook_id: string;
  estate_id: string;
  journal_no: number;
  attempts: Generated<number>;
  not_before: TimeOrNull;
  lease: ColumnType<string | null, string | null | undefined, string | null>;
  leased_until: TimeOrNull;
}
interface WebhookDeliveryTable {
  no: GeneratedAlways<number>;
  id: string;
  webhook_id: string;
  estate_id: string;
  journal_no: number;
  event: string;
  ticket_id: string | null;
  state: 'trying' | 'delivered' | 'dead';
  attempts: number;
  status: number | null;
  problem: string | null;
  took_ms: number | null;
  at: Time;
  last_try_at: Time;
  delivered_at: TimeOrNull;
  replay: Generated<boolean>;
}
interface NoticeChannelTable {
  id: string;
  estate_id: string;
  name: string;
  kind: 'generic' | 'wecom' | 'dingtalk' | 'feishu';
  url_key_id: string;
  url: string;
  secret_key_id: string | null;
  secret: string | null;
  active: boolean;
  created_by: string;
  created_at: Time;
  updated_at: Time;
}
interface NoticeTable {
  id: string;
  estate_id: string;
  ticket_id: string;
  kind: 'begin' | 'over';
  title_zh: string;
  title_en: string;
  text_zh: string;
  text_en: string;
  units: string[];
  sent_by: string;
  sent_at: Time;
}
interface NoticeDeliveryTable {
  notice_id: string;
  channel_id: string;
  state: 'waiting' | 'delivered' | 'dead';
  attempts: Generated<number>;
  status: number | null;
  problem: string | null;
  last_try_at: TimeOrNull;
}

/** Idempotency keys, webhooks and notices (0014). */
export interface ApiTables {
  idempotency_key: IdempotencyKeyTable;
  webhook: WebhookTable;
  webhook_cursor: WebhookCursorTable;
  webhook_delivery: WebhookDeliveryTable;
  notice_channel: NoticeChannelTable;
  notice: NoticeTable;
  notice_delivery: NoticeDeliveryTable;
}
