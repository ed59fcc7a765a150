import type { WebhookEvent } from '../workflow/webhooks/webhook-event.js';

export interface WebhookView {
  id: string;
  scope: 'organisation' | 'estate';
  scopeId: string;
  name: string;
  url: string;
  /** Empty = every event. */
  events: WebhookEvent[];
  active: boolean;
  /** Why Steward has switched it off; null = it has not. */
  whyInactive: string | null;
  createdBy: string;
  createdAt: string;
  updatedAt: string;
  /** Set while an event cannot be told: those after it wait. */
  retrying: { attempts: number; nextTryAt: string | null } | null;
}
/** `secret` is told here and never again. */
export interface WebhookWithSecretView extends WebhookView {
  secret: string;
}
export interface WebhookDeliveryView {
  id: string;
  event: string;
  estate: string;
  ticketId: string | null;
  /** When it happened. */
  at: string;
  state: 'trying' | 'delivered' | 'dead';
  attempts: number;
  /** Of the last answer; null = none came. */
  status: number | null;
  problem: string | null;
  tookMs: number | null;
  lastTryAt: string;
  deliveredAt: string | null;
}
export interface WebhookTestView {
  delivered: boolean;
  status: number | null;
  problem: string | null;
  tookMs: number | null;
}
