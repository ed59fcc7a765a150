import type {
  AlarmView,
  DeviceView,
  ListOf,
  Names,
  TicketDetail,
  TicketView,
  ReadingView,
} from '../../src/gateway/views.js';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}
export interface Refusal {
  statusCode: number;
  code: string;
  message: string;
  reason?: string;
  holder?: string;
  holderName?: Names;
}
export interface RejectItem {
  at: string;
  device: string | null;
  reason: string;
  detail: string | null;
  sample: string | null;
}

/** REST as somebody who is signed in, or as nobody. */
export class RestClient {
  constructor(
    private readonly http: string,
    readonly token: string | null,
  ) {}

  async ask<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(`${this.http}${path.startsWith('/api') ? path : `/api/v1${path}`}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // A photo is no JSON; who asks for one here wants to know whether it is given.
    const json = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: (text && json ? JSON.parse(text) : null) as T };
  }

  /** @throws when the answer is not a success */
  async get<T>(path: string): Promise<T> {
    return this.sure<T>('GET', path);
  }
  async post<T = unknown>(path: string, body: unknown = {}): Promise<T> {
    return this.sure<T>('POST', path, body);
  }
  refused(path: string, body: unknown = {}): Promise<Answer<Refusal>> {
    return this.ask<Refusal>('POST', path, body);
  }

  alarms(query = ''): Promise<ListOf<AlarmView>> {
    return this.get(`/alarms${query}`);
  }
  tickets(query = ''): Promise<ListOf<TicketView>> {
    return this.get(`/tickets${query}`);
  }
  async ticketsOf(device: string): Promise<TicketView[]> {
    return (await this.tickets()).items.filter((t) => t.device === device);
  }
  async alarmsOf(device: string): Promise<AlarmView[]> {
    return (await this.alarms('?state=all')).items.filter((a) => a.device === device);
  }
  ticket(id: string): Promise<TicketDetail> {
    return this.get(`/tickets/${id}`);
  }
  move(id: string, move: string, body: unknown = {}): Promise<TicketDetail> {
    return this.post(`/tickets/${id}/${move}`, body);
  }
  /** Every open step of its procedure, in order, each with some words and a figure. */
  async workThroughSteps(id: string): Promise<void> {
    for (const s of (await this.ticket(id)).steps)
      if (s.state === 'open') await this.post(`/tickets/${id}/steps/${s.no}/done`, { note: 'seen to, 1 time' });
  }
  devices(query = ''): Promise<ListOf<DeviceView>> {
    return this.get(`/devices${query}`);
  }
  async readings(device: string, query = '?limit=100000'): Promise<ReadingView[]> {
    return (await this.get<{ items: ReadingView[] }>(`/devices/${device}/readings${query}`)).items;
  }
  async rejectsOf(device: string): Promise<RejectItem[]> {
    return (await this.get<{ items: RejectItem[] }>(`/devices/${device}/rejects`)).items;
  }

  private async sure<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.ask<T>(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}
