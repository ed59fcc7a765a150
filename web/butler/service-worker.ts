/*
 * Shows pages while no screen is open, and says so to the service: delivered when it stands on the phone, seen when it is
 * touched. Built as one file of its own at /butler-sw.js. Imports nothing that runs.
 */
import type { PushPayload } from '../../src/paging/channels/web-push-channel.js';

interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}
interface PushArrived extends Waiting {
  readonly data: { json(): unknown } | null;
}
interface Touched extends Waiting {
  readonly notification: Notification;
}
interface WindowOfOurs {
  readonly url: string;
  focus(): Promise<unknown>;
  navigate?(url: string): Promise<unknown>;
}
interface Worker {
  addEventListener(type: 'push', listener: (e: PushArrived) => void): void;
  addEventListener(type: 'notificationclick', listener: (e: Touched) => void): void;
  addEventListener(type: 'install' | 'activate', listener: (e: Waiting) => void): void;
  skipWaiting(): Promise<void>;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(q: { type: 'window'; includeUncontrolled: boolean }): Promise<WindowOfOurs[]>;
    openWindow(url: string): Promise<unknown>;
    claim(): Promise<void>;
  };
}
const worker = self as unknown as Worker;

const receipt = (path: string, state: 'delivered' | 'seen'): Promise<unknown> =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  }).catch(() => undefined);

/** A page that rings again, or is taken back, stands in the place of the one before. */
async function show(push: PushPayload): Promise<void> {
  const quiet = push.silent || push.kind === 'recall';
  const options: NotificationOptions & { renotify?: boolean; vibrate?: number[] } = {
    body: push.body,
    tag: push.pageId,
    lang: push.lang === 'zh' ? 'zh-CN' : 'en',
    silent: quiet,
    requireInteraction: push.kind === 'page' && push.priority === 'P1',
    data: { path: placeOf(push), receipt: push.receipt },
    ...(quiet ? {} : { vibrate: [400, 150, 400, 150, 400] }),
  };
  await worker.registration.showNotification(push.subject, options);
  if (push.kind !== 'recall') await receipt(push.receipt, 'delivered');
}

const placeOf = (push: PushPayload): string =>
  push.kind === 'test' || push.ticketId === null ? '/butler#/profile/channels' : `/butler#/tickets/${push.ticketId}`;

async function open(path: string): Promise<void> {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const ours = windows.find((w) => new URL(w.url).pathname === '/butler');
  if (!ours) {
    await worker.clients.openWindow(path);
    return;
  }
  await ours.focus();
  await ours.navigate?.(path).catch(() => undefined);
}

worker.addEventListener('install', (e) => e.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (e) => e.waitUntil(worker.clients.claim()));
worker.addEventListener('push', (e) => {
  const push = e.data?.json() as PushPayload | undefined;
  if (push) e.waitUntil(show(push));
});
worker.addEventListener('notificationclick', (e) => {
  e.notification.close();
  const { path, receipt: address } = e.notification.data as { path: string; receipt: string };
  e.waitUntil(Promise.all([receipt(address, 'seen'), open(path)]));
});
