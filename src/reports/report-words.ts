import type { Names } from '../gateway/views.js';
import type { ReportLang } from './report-document.js';

/** Words of the handbook for what the database calls by keys. A key that is missing here is shown as it is. */
const WORDS: Readonly<Record<string, Readonly<Record<string, Names>>>> = {
  role: {
    'control-room': { zh: '监控中心', en: 'control room' },
    butler: { zh: '管家', en: 'butler' },
    security: { zh: '安保', en: 'security' },
    engineer: { zh: '工程', en: 'engineer' },
    supervisor: { zh: '主管', en: 'supervisor' },
    contractor: { zh: '维保', en: 'contractor' },
    'project-manager': { zh: '项目经理', en: 'project manager' },
  },
  slot: {
    responder: { zh: '处置人', en: 'responder' },
    rescuer: { zh: '救援', en: 'rescuer' },
    coordinator: { zh: '协调', en: 'coordinator' },
  },
  ticketState: {
    opened: { zh: '待接单', en: 'opened' },
    accepted: { zh: '已接单', en: 'accepted' },
    'en-route': { zh: '已出发', en: 'on the way' },
    'on-site': { zh: '已到场', en: 'on site' },
    contained: { zh: '已控制', en: 'contained' },
    rescued: { zh: '已救出', en: 'rescued' },
    resolved: { zh: '已解决', en: 'resolved' },
    'follow-up': { zh: '待回访', en: 'follow-up due' },
    closed: { zh: '已关闭', en: 'closed' },
    'false-alarm': { zh: '误报', en: 'false alarm' },
    cancelled: { zh: '已取消', en: 'cancelled' },
  },
  move: {
    'en-route': { zh: '已出发', en: 'on the way' },
    'on-site': { zh: '已到场', en: 'on the spot' },
    contained: { zh: '险情已控制', en: 'under control' },
    rescued: { zh: '人员已救出', en: 'everybody is out' },
    resolve: { zh: '已解决', en: 'resolved' },
    'follow-up': { zh: '安排回访', en: 'follow-up planned' },
    close: { zh: '工单关闭', en: 'ticket closed' },
    'false-alarm': { zh: '误报', en: 'false alarm' },
    cancel: { zh: '工单取消', en: 'ticket cancelled' },
  },
  pageState: {
    queued: { zh: '未发出', en: 'not sent' },
    sent: { zh: '已发出', en: 'sent' },
    delivered: { zh: '已送达', en: 'delivered' },
    seen: { zh: '已看到', en: 'seen' },
    accepted: { zh: '已接单', en: 'accepted' },
    declined: { zh: '无法前往', en: 'declined' },
    failed: { zh: '未送达', en: 'failed' },
    expired: { zh: '已过时', en: 'expired' },
    recalled: { zh: '已撤回', en: 'recalled' },
  },
  channel: {
    websocket: { zh: '手机页面', en: 'phone page' },
    'web-push': { zh: '网页推送', en: 'web push' },
    webpush: { zh: '网页推送', en: 'web push' },
    webhook: { zh: '群机器人/短信网关', en: 'webhook' },
    email: { zh: '邮件', en: 'e-mail' },
    'e-mail': { zh: '邮件', en: 'e-mail' },
  },
  alarmState: {
    NORM: { zh: '已结束', en: 'ended' },
    UNACK: { zh: '未确认', en: 'unacknowledged' },
    ACKED: { zh: '已确认', en: 'acknowledged' },
    RTNUN: { zh: '已恢复,未确认', en: 'returned, unacknowledged' },
    LUNACK: { zh: '条件已消失,未确认', en: 'condition gone, unacknowledged' },
    LACKED: { zh: '条件已消失,待处置', en: 'condition gone, to be ended' },
    SHLVD: { zh: '已搁置', en: 'shelved' },
    DSUPR: { zh: '按设计抑制', en: 'suppressed by design' },
    OOSRV: { zh: '停用', en: 'out of service' },
  },
  endHow: {
    'on-site': { zh: '现场已处理', en: 'dealt with on site' },
    voice: { zh: '通话确认无人需要帮助', en: 'spoken with: nobody in need' },
    'panel-reset': { zh: '主机已复位', en: 'panel reset' },
    rescued: { zh: '人员已救出', en: 'everybody is out' },
    resolve: { zh: '已解决', en: 'resolved' },
    'false-alarm': { zh: '误报', en: 'false alarm' },
    cancel: { zh: '工单取消', en: 'ticket cancelled' },
    'condition cleared': { zh: '条件消失', en: 'condition cleared' },
  },
  life: {
    registered: { zh: '已登记', en: 'registered' },
    commissioning: { zh: '调试中', en: 'commissioning' },
    live: { zh: '运行', en: 'live' },
    maintenance: { zh: '维修中', en: 'under maintenance' },
    retired: { zh: '已停用', en: 'retired' },
  },
  priority: {
    P1: { zh: 'P1 危险', en: 'P1 danger' },
    P2: { zh: 'P2 损失', en: 'P2 damage' },
    P3: { zh: 'P3 故障', en: 'P3 fault' },
    P4: { zh: 'P4 维护', en: 'P4 upkeep' },
  },
};

export type WordBook =
  'role' | 'slot' | 'ticketState' | 'move' | 'pageState' | 'channel' | 'alarmState' | 'endHow' | 'life' | 'priority';

export const wordNames = (book: WordBook, key: string): Names => WORDS[book]?.[key] ?? { zh: key, en: key };
export const word = (book: WordBook, key: string, lang: ReportLang): string => wordNames(book, key)[lang];
