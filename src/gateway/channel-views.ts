import type { ChannelName } from '../kernel/channels.js';
import type { Names } from './views.js';

/** One way to a person, in the order in which they are tried. */
export interface ChannelView {
  channel: ChannelName;
  on: boolean;
  priorities: ('P1' | 'P2' | 'P3')[];
  /** It leads to the person now. */
  ready: boolean;
  /** Why not: `not-set-up` (by whoever runs Steward) or `no-address`; null when ready. */
  why: 'not-set-up' | 'no-address' | null;
}

/** How a person is reached. Addresses of robots hold keys: only their kind and host come back. */
export interface ChannelsView {
  person: string;
  name: Names;
  lang: 'zh' | 'en';
  channels: ChannelView[];
  /** Local time; never for P1. */
  quietHours: { from: string; to: string } | null;
  webhook: { kind: string; host: string; signed: boolean; number: string | null } | null;
  email: string | null;
  /** What browsers subscribe to Web Push with; null = not set up. */
  pushKey: string | null;
  pushDevices: { id: string; label: string; createdAt: string }[];
}

/** A test of one channel. */
export interface TestPageView {
  id: string;
  person: string;
  channel: ChannelName;
  state: 'queued' | 'sent' | 'delivered' | 'seen' | 'failed';
  reason: string | null;
  createdAt: string;
  sentAt: string | null;
  deliveredAt: string | null;
  seenAt: string | null;
}

/** A page that a carrier would not take, after all tries. */
export interface DeadLetterView {
  id: string;
  estate: string;
  pageId: string;
  person: string;
  personName: Names;
  channel: string;
  destination: string;
  reason: string;
  attempts: number;
  diedAt: string;
  replayedAt: string | null;
  replayedBy: string | null;
}
