import type {
  AlarmPathView,
  FollowUpView,
  HandoverView,
  InspectionView,
  PatrolRoundView,
  TasksView,
} from '../../src/gateway/task-views.js';
import type { TicketDetail } from '../../src/gateway/views.js';

type Call = <T>(path: string, method?: string, body?: unknown) => Promise<T>;

/** The REST calls of the task screens. */
export class TaskApi {
  constructor(private readonly call: Call) {}

  tasks = (estate: string) => this.call<TasksView>(`/tasks?estate=${encodeURIComponent(estate)}`);
  mine = (estate: string) =>
    this.call<{ items: FollowUpView[] }>(`/follow-ups?estate=${encodeURIComponent(estate)}&assignee=me`);
  followUpDone = (id: string, outcome: string, satisfaction?: number) =>
    this.call<FollowUpView>(`/follow-ups/${id}/done`, 'POST', { outcome, ...(satisfaction ? { satisfaction } : {}) });
  followUpSkip = (id: string, reason: string) => this.call<FollowUpView>(`/follow-ups/${id}/skip`, 'POST', { reason });
  inspect = (list: string, unit: string, body: { result: string; note?: string; event?: string; evidence?: string }) =>
    this.call<InspectionView>(`/inspections/${list}/units/${encodeURIComponent(unit)}`, 'POST', body);
  patrol = (round: string, device: string, body: { result: string; note?: string; evidence?: string }) =>
    this.call<PatrolRoundView>(`/patrols/${round}/doors/${encodeURIComponent(device)}`, 'POST', body);
  setPatrols = (estate: string, everyH: number) =>
    this.call<unknown>(`/estates/${encodeURIComponent(estate)}/patrol-plan`, 'PUT', { everyH });
  setWeather = (estate: string, kind: string, from: string, to: string) =>
    this.call<{ id: string }>(`/estates/${encodeURIComponent(estate)}/weather`, 'POST', { kind, from, to });
  clearWeather = (estate: string, id: string) =>
    this.call<null>(`/estates/${encodeURIComponent(estate)}/weather/${id}`, 'DELETE');
  testAlarmPath = (device: string) =>
    this.call<AlarmPathView>(`/devices/${encodeURIComponent(device)}/alarm-path-test`, 'POST', {});
  startDrill = (estate: string, device: string) => this.call<TicketDetail>('/drills', 'POST', { estate, device });
  writeHandover = (estate: string) => this.call<HandoverView>('/handovers', 'POST', { estate });
  signHandover = (id: string, note?: string) =>
    this.call<HandoverView>(`/handovers/${id}/sign`, 'POST', note ? { note } : {});
}
