import type { ColumnType, Generated } from 'kysely';
import type { ChannelName } from '../../kernel/channels.js';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

interface ChannelPreferenceTable {
  username: string;
  /** ChannelChoice[] of src/paging/channels/reach.ts. */
  channels: ColumnType<unknown, string, string>;
  lang: 'zh' | 'en';
  /** Local time `HH:MM`. */
  quiet_from: string | null;
  quiet_to: string | null;
  updated_at: Time;
  updated_by: string;
}
interface ChannelAddressTable {
  username: string;
  channel: 'webhook' | 'email';
  key_id: string;
  /** See TokenVault. */
  sealed: string;
  updated_at: Time;
}
interface PushSubscriptionTable {
  id: string;
  username: string;
  endpoint_sha256: string;
  key_id: string;
  sealed: string;
  vapid_public: string;
  label: string;
  created_at: Time;
}
interface ServiceSecretTable {
  name: string;
  key_id: string;
  sealed: string;
  made_at: Time;
}
interface ChannelWorkTable {
  job_id: string;
  attempts: Generated<number>;
  next_at: Time;
  claimed_until: TimeOrNull;
  reached: Generated<string[]>;
  last_reason: string | null;
  updated_at: Time;
}
interface TestPageTable {
  id: string;
  person: string;
  channel: ChannelName;
  state: 'queued' | 'sent' | 'delivered' | 'seen' | 'failed';
  reason: string | null;
  asked_by: string;
  created_at: Time;
  sent_at: TimeOrNull;
  delivered_at: TimeOrNull;
  seen_at: TimeOrNull;
}
interface DeadLetterTable {
  id: string;
  estate_id: string;
  job_id: string;
  page_id: string;
  person: string;
  channel: string;
  destination: string;
  reason: string;
  attempts: number;
  died_at: Time;
  replayed_at: TimeOrNull;
  replayed_by: string | null;
}

/** Tables of migration 0009. */
export interface ChannelTables {
  channel_preference: ChannelPreferenceTable;
  channel_address: ChannelAddressTable;
  push_subscription: PushSubscriptionTable;
  service_secret: ServiceSecretTable;
  channel_work: ChannelWorkTable;
  test_page: TestPageTable;
  dead_letter: DeadLetterTable;
}
