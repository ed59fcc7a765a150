import type { ApiClient } from '../../shared/api-client.js';

/** Asking this browser for Web Push, and what it says. */
export type PushAnswer =
  | { readonly kind: 'unsupported' | 'denied' }
  | { readonly kind: 'subscribed'; readonly endpoint: string; readonly keys: { p256dh: string; auth: string } };

export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

/** For a page's address as a browser knows it: the scope is the butler's page alone. */
export const registerWorker = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register('/butler-sw.js', { scope: '/butler' });

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

const textOf = (key: ArrayBuffer | null): string =>
  btoa(String.fromCharCode(...new Uint8Array(key ?? new ArrayBuffer(0))))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

/** @param key the service's public VAPID key; a subscription that was made with another one is given up first */
export async function subscribeHere(key: string): Promise<PushAnswer> {
  if (!canPush()) return { kind: 'unsupported' };
  if ((await Notification.requestPermission()) !== 'granted') return { kind: 'denied' };
  await registerWorker();
  const registration = await navigator.serviceWorker.ready;
  const old = await registration.pushManager.getSubscription();
  if (old && textOf(old.options.applicationServerKey) !== key) await old.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  const keys = { p256dh: textOf(made.getKey('p256dh')), auth: textOf(made.getKey('auth')) };
  return { kind: 'subscribed', endpoint: made.endpoint, keys };
}

/**
 * At each start, without a question: browsers end subscriptions at times, and the service may have new keys. Only where a
 * person has asked for notifications on this phone before.
 */
export async function renewHere(api: Pick<ApiClient, 'channels' | 'addPushDevice'>): Promise<void> {
  if (!canPush() || Notification.permission !== 'granted') return;
  if (!(await navigator.serviceWorker.getRegistration('/butler'))) return;
  const { pushKey } = await api.channels();
  const answer = pushKey === null ? null : await subscribeHere(pushKey);
  if (answer?.kind !== 'subscribed') return;
  await api.addPushDevice({ endpoint: answer.endpoint, keys: answer.keys, label: deviceLabel() });
}

/** More telling before less: an Android says that it is Linux, too. */
const SYSTEMS = ['iPhone', 'iPad', 'HarmonyOS', 'Android', 'Windows', 'Macintosh', 'Linux'];
const PROGRAMS = ['MicroMessenger', 'Edg', 'Firefox', 'Chrome', 'Safari'];

/** A name by which a person knows the device again. */
export function deviceLabel(agent = navigator.userAgent): string {
  const system = SYSTEMS.find((s) => agent.includes(s)) ?? 'Browser';
  const program = PROGRAMS.find((p) => agent.includes(p))?.replace('Edg', 'Edge') ?? '';
  return `${system === 'Macintosh' ? 'Mac' : system} ${program}`.trim();
}
