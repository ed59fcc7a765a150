import type { CoverageView, OnDutyView } from '../../src/gateway/roster-views.js';
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
import type { CallKindView, OpenedByCall, PlaceHitView } from '../../src/gateway/by-hand-views.js';
import type { ChannelsView, ChannelView, TestPageView } from '../../src/gateway/channel-views.js';
import type { NoticePreviewView, NoticeView } from '../../src/gateway/notice-views.js';
import { OfflineError, refusal } from './api-error.js';
import { TaskApi } from './task-api.js';
import { uploadEvidence } from './upload-evidence.js';

export interface MoveBody {
  slot?: string;
  reason?: string;
  note?: string;
  onBehalfOf?: string;
  /** ISO 8601, of a follow-up. */
  dueAt?: string;
}

/** A resident's call, as the desk writes it down. */
export interface CallBody {
  estate: string;
  place: { type: string; id: string };
  kind: string;
  priority?: string;
  caller: { name?: string; phone?: string; unit?: string };
  said: string;
  reportedAt?: string;
  idempotencyKey: string;
}

export interface NoticeBody extends Pick<NoticePreviewView, 'kind' | 'title' | 'text'> {
  units: string[];
  channels: string[];
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
const REPORT_TIMEOUT_MS = 90_000;
/** A film over a slow line. */
const FILM_TIMEOUT_MS = 300_000;

const send = async (
  path: string,
  method: string,
  token: string | null,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<Response> => {
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
      signal: AbortSignal.timeout(timeoutMs),
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

  readonly tasks = new TaskApi((path, method, body) => this.call(path, method, body));
  /** A report as a file. It may take a while: a PDF is set behind everything else. */
  report = async (path: string): Promise<Blob> => {
    const response = await send(path, 'GET', this.token, undefined, REPORT_TIMEOUT_MS);
    if (response.status === 401) this.onUnauthorised();
    if (response.ok) return response.blob();
    // Here 503 says what is missing, and asking again does not help.
    throw refusal(response.status, await response.json().catch(() => null));
  };
  /** A photo or film; each call is logged as a look. */
  evidence = async (ticketId: string, sha256: string): Promise<Blob> => {
    const response = await send(
      `/tickets/${ticketId}/evidence/${sha256}`,
      'GET',
      this.token,
      undefined,
      FILM_TIMEOUT_MS,
    );
    if (!response.ok) return answer(response);
    return response.blob().catch(() => {
      throw new OfflineError();
    });
  };
  addEvidence = (ticketId: string, step: number, file: Blob, onShare: (share: number) => void): Promise<string> =>
    uploadEvidence(this.token, ticketId, step, file, onShare);

  me = () => this.call<MeView>('/me');
  logOut = () => this.call<null>('/sessions', 'DELETE');
  estates = () => this.call<{ items: EstateView[] }>('/estates');
  alarms = (estate: string) => this.call<ListOf<AlarmView>>(`/alarms?estate=${encodeURIComponent(estate)}`);
  tickets = (estate: string, state: 'open' | 'all') =>
    this.call<ListOf<TicketView>>(`/tickets?estate=${encodeURIComponent(estate)}&state=${state}`);
  devices = (estate: string) => this.call<ListOf<DeviceView>>(`/devices?estate=${encodeURIComponent(estate)}`);
  ticket = (id: string) => this.call<TicketDetail>(`/tickets/${id}`);
  localisation = (id: string) => this.call<LocalisationView>(`/tickets/${id}/localisation`);

  onDuty = (estate: string, role: string) =>
    this.call<OnDutyView>(`/estates/${encodeURIComponent(estate)}/on-duty?role=${encodeURIComponent(role)}`);
  coverage = (estate: string) => this.call<CoverageView>(`/estates/${encodeURIComponent(estate)}/roster/coverage`);
  jobLink = (ticketId: string, pageId: string) =>
    this.call<{ path: string }>(`/tickets/${ticketId}/pages/${pageId}/job-link`);
  tierCalled = (ticketId: string, tier: 2 | 3, report: { spokeWith: string; contact?: string }) =>
    this.call<TicketDetail>(`/tickets/${ticketId}/tiers/${tier}/called`, 'POST', report);
  channels = () => this.call<ChannelsView>('/me/channels');
  changeChannels = (change: ChannelsChange) => this.call<ChannelsView>('/me/channels', 'PUT', change);
  addPushDevice = (device: { endpoint: string; keys: { p256dh: string; auth: string }; label: string }) =>
    this.call<{ id: string }>('/me/channels/push-devices', 'POST', device);
  removePushDevice = (id: string) => this.call<null>(`/me/channels/push-devices/${id}`, 'DELETE');
  testChannel = (channel: string) => this.call<TestPageView>('/me/channels/test', 'POST', { channel });
  testedChannel = (id: string) => this.call<TestPageView>(`/me/channels/test/${id}`);
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
  callKinds = () => this.call<{ items: CallKindView[] }>('/call-kinds');
  places = (estate: string, q: string) =>
    this.call<{ items: PlaceHitView[] }>(`/places?estate=${encodeURIComponent(estate)}&q=${encodeURIComponent(q)}`);
  openByCall = (body: CallBody) => this.call<OpenedByCall>('/tickets', 'POST', body);
  addNote = (ticketId: string, text: string) => this.call<TicketDetail>(`/tickets/${ticketId}/notes`, 'POST', { text });
  mergeTicket = (ticketId: string, into: string, reason: string) =>
    this.call<TicketDetail>(`/tickets/${ticketId}/merge`, 'POST', { into, reason });
  splitTicket = (ticketId: string, alarmIds: readonly string[], reason: string) =>
    this.call<TicketDetail>(`/tickets/${ticketId}/split`, 'POST', { alarmIds, reason });
  reassignSlot = (ticketId: string, slot: string, to: string, reason: string) =>
    this.call<TicketDetail>(`/tickets/${ticketId}/reassign`, 'POST', { slot, to, reason });
  addPerson = (ticketId: string, slot: string, person: string) =>
    this.call<TicketDetail>(`/tickets/${ticketId}/people`, 'POST', { slot, person });

  reassure = (ticketId: string, note?: string) =>
    this.call<unknown>(`/tickets/${ticketId}/reassurance`, 'POST', note ? { note } : {});
  step = (ticketId: string, no: number, change: 'done' | 'skip' | 'reopen', note?: string) =>
    this.call<StepView>(`/tickets/${ticketId}/steps/${no}/${change}`, 'POST', note ? { note } : {});
}
