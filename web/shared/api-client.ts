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
import type { NoticePreviewView, NoticeView } from '../../src/gateway/notice-views.js';
import { OfflineError, refusal } from './api-error.js';

export interface MoveBody {
  slot?: string;
  reason?: string;
  note?: string;
  onBehalfOf?: string;
  /** ISO 8601, of a follow-up. */
  dueAt?: string;
}

export interface NoticeBody extends Pick<NoticePreviewView, 'kind' | 'title' | 'text'> {
  units: string[];
  channels: string[];
}

const TIMEOUT_MS = 10_000;

const send = async (path: string, method: string, token: string | null, body?: unknown): Promise<Response> => {
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      headers: {
        // The page's own language, which need not be the browser's.
        'accept-language': document.documentElement.lang || 'zh-CN',
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

  notice = (ticketId: string) => this.call<NoticePreviewView>(`/tickets/${ticketId}/notice`);
  sendNotice = (ticketId: string, notice: NoticeBody) =>
    this.call<NoticeView>(`/tickets/${ticketId}/notice`, 'POST', notice);

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
