import type {
  AlarmView,
  DeviceView,
  EstateView,
  ListOf,
  LocalisationView,
  MeView,
  StepView,
  TicketDetail,
  TicketView,
} from '../../src/gateway/views.js';
import type { ChannelsView, ChannelView, TestPageView } from '../../src/gateway/channel-views.js';
import { OfflineError, refusal } from './api-error.js';

export interface MoveBody {
  slot?: string;
  reason?: string;
  note?: string;
  onBehalfOf?: string;
  /** ISO 8601, of a follow-up. */
  dueAt?: string;
}

/** What a person may change of how he is reached. */
export interface ChannelsChange {
  channels?: Pick<ChannelView, 'channel' | 'on' | 'priorities'>[];
  lang?: 'zh' | 'en';
  quietHours?: { from: string; to: string } | null;
  webhook?: { kind: string; url: string; secret?: string | null; number?: string | null } | null;
  email?: string | null;
}

const TIMEOUT_MS = 10_000;

const send = async (path: string, method: string, token: string | null, body?: unknown): Promise<Response> => {
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new OfflineError();
  }
};

const answer = async <T>(response: Response): Promise<T> => {
  if (response.status >= 500) throw new OfflineError();
  const body: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, body);
  return body as T;
};

export const logIn = async (username: string, password: string): Promise<{ token: string; expiresAt: string }> =>
  answer(await send('/sessions', 'POST', null, { username, password }));

/** The REST calls of both pages, in the name of one login. Each may throw `ApiError` or `OfflineError`. */
export class ApiClient {
  constructor(
    private readonly token: string,
    private readonly onUnauthorised: () => void,
  ) {}

  private async call<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    const response = await send(path, method, this.token, body);
    if (response.status === 401) this.onUnauthorised();
    return answer<T>(response);
  }

  me = () => this.call<MeView>('/me');
  logOut = () => this.call<null>('/sessions', 'DELETE');
  estates = () => this.call<{ items: EstateView[] }>('/estates');
  alarms = (estate: string) => this.call<ListOf<AlarmView>>(`/alarms?estate=${encodeURIComponent(estate)}`);
  tickets = (estate: string, state: 'open' | 'all') =>
    this.call<ListOf<TicketView>>(`/tickets?estate=${encodeURIComponent(estate)}&state=${state}`);
  devices = (estate: string) => this.call<ListOf<DeviceView>>(`/devices?estate=${encodeURIComponent(estate)}`);
  ticket = (id: string) => this.call<TicketDetail>(`/tickets/${id}`);
  localisation = (id: string) => this.call<LocalisationView>(`/tickets/${id}/localisation`);

  channels = () => this.call<ChannelsView>('/me/channels');
  changeChannels = (change: ChannelsChange) => this.call<ChannelsView>('/me/channels', 'PUT', change);
  addPushDevice = (device: { endpoint: string; keys: { p256dh: string; auth: string }; label: string }) =>
    this.call<{ id: string }>('/me/channels/push-devices', 'POST', device);
  removePushDevice = (id: string) => this.call<null>(`/me/channels/push-devices/${id}`, 'DELETE');
  testChannel = (channel: string) => this.call<TestPageView>('/me/channels/test', 'POST', { channel });
  testedChannel = (id: string) => this.call<TestPageView>(`/me/channels/test/${id}`);

  ackAlarm = (id: string) => this.call<AlarmView>(`/alarms/${id}/ack`, 'POST', {});
  shelveAlarm = (id: string, minutes: number, reason: string) =>
    this.call<AlarmView>(`/alarms/${id}/shelve`, 'POST', { minutes, reason });
  endAlarm = (id: string, how: string, note?: string) =>
    this.call<AlarmView>(`/alarms/${id}/end`, 'POST', { how, ...(note ? { note } : {}) });

  move = (ticketId: string, move: string, body: MoveBody = {}) =>
    this.call<TicketDetail>(`/tickets/${ticketId}/${move}`, 'POST', body);
  reassure = (ticketId: string, note?: string) =>
    this.call<unknown>(`/tickets/${ticketId}/reassurance`, 'POST', note ? { note } : {});
  step = (ticketId: string, no: number, change: 'done' | 'skip' | 'reopen', note?: string) =>
    this.call<StepView>(`/tickets/${ticketId}/steps/${no}/${change}`, 'POST', note ? { note } : {});
}
