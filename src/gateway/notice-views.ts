import type { Names, Place } from './views.js';

/** What residents would be told of a ticket now; nothing has been sent. */
export interface NoticePreviewView {
  ticketId: string;
  kind: 'begin' | 'over';
  title: Names;
  text: Names;
  place: Place;
  /** Flats that it concerns; empty = everybody of the estate. */
  units: { unit: string; label: string; place: Place }[];
  /** Where it can be sent. */
  channels: { id: string; name: string }[];
}
export interface NoticeView {
  id: string;
  ticketId: string;
  kind: 'begin' | 'over';
  title: Names;
  text: Names;
  units: string[];
  sentBy: string;
  sentAt: string;
  deliveries: {
    channel: string;
    name: string;
    state: 'waiting' | 'delivered' | 'dead';
    attempts: number;
    problem: string | null;
  }[];
}
/** Its address is a secret: whoever has it may write into the group. */
export interface NoticeChannelView {
  id: string;
  estate: string;
  name: string;
  kind: 'generic' | 'wecom' | 'dingtalk' | 'feishu';
  host: string;
  active: boolean;
  createdBy: string;
  createdAt: string;
}
