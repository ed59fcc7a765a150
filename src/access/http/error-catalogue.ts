import type { Names } from '../../gateway/views.js';

export interface ErrorKind {
  readonly status: number;
  readonly title: Names;
  /** What the caller does about it. */
  readonly then: Names;
}

/** Every `code` that an answer may carry. docs/errors.md lists the same (a test compares them). */
export const ERROR_KINDS = {
  invalid: {
    status: 400,
    title: { zh: '请求无效', en: 'Not valid' },
    then: {
      zh: '按 problems 或 detail 改正后重发。',
      en: 'Correct what `problems` or `detail` names, and send it anew.',
    },
  },
  unauthenticated: {
    status: 401,
    title: { zh: '未登录', en: 'Not signed in' },
    then: { zh: '重新登录。', en: 'Sign in again.' },
  },
  'wrong-credentials': {
    status: 401,
    title: { zh: '用户名或密码错误', en: 'Wrong user name or password' },
    then: { zh: '核对后重试；五次错误后需等待。', en: 'Check both; after five wrong tries there is a wait.' },
  },
  forbidden: {
    status: 403,
    title: { zh: '没有权限', en: 'Not allowed' },
    then: { zh: '需要 roles 中的角色。', en: 'It takes one of the `roles`, where they are named.' },
  },
  'not-found': {
    status: 404,
    title: { zh: '找不到', en: 'Not found' },
    then: {
      zh: '不存在，或不在您的小区范围内（两者回答相同）。',
      en: 'It does not exist, or not in your estates: both are answered alike.',
    },
  },
  conflict: {
    status: 409,
    title: { zh: '与当前状态冲突', en: 'Not possible as things stand' },
    then: {
      zh: '重新读取后再决定；holder 是已接单的人，reason 是原因。',
      en: 'Read it anew and decide; `holder` is who has it, `reason` why.',
    },
  },
  'in-flight': {
    status: 409,
    title: { zh: '同一请求正在处理', en: 'The same request is under way' },
    then: { zh: '按 Retry-After 稍后用同一个键重试。', en: 'Ask again with the same key after `Retry-After` seconds.' },
  },
  'already-done': {
    status: 409,
    title: { zh: '该请求已经执行', en: 'This has been done' },
    then: {
      zh: '服务在回答之前中断；不要重发，重新读取结果。',
      en: 'Steward broke off before it could answer. Do not send it again: read what it made.',
    },
  },
  'too-large': {
    status: 413,
    title: { zh: '内容过大', en: 'Too large' },
    then: { zh: '减小后重发。', en: 'Send less.' },
  },
  'wrong-media-type': {
    status: 415,
    title: { zh: '不支持的内容类型', en: 'Unknown media type' },
    then: { zh: '以 JSON 发送。', en: 'Send JSON.' },
  },
  'key-reused': {
    status: 422,
    title: { zh: '幂等键已用于另一请求', en: 'The idempotency key belongs to another request' },
    then: { zh: '新的请求要用新的键。', en: 'Another request takes another key.' },
  },
  'too-many-requests': {
    status: 429,
    title: { zh: '请求过多', en: 'Too many requests' },
    then: { zh: '等待 retryAfterS 秒。', en: 'Wait for `retryAfterS` seconds.' },
  },
  refused: {
    status: 400,
    title: { zh: '请求被拒绝', en: 'Refused' },
    then: { zh: '见 detail。', en: 'See `detail`.' },
  },
  internal: {
    status: 500,
    title: { zh: '服务内部错误', en: 'Steward failed' },
    then: {
      zh: '把 correlationId 报给管理员，日志里能查到原因。',
      en: 'Tell your administrator the `correlationId`: it finds the cause in the log.',
    },
  },
  unavailable: {
    status: 503,
    title: { zh: '暂时不可用', en: 'Not available now' },
    then: { zh: '稍后重试。', en: 'Try again later.' },
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** A code that the catalogue does not know is a refusal, or a failure from 500 on. */
export function errorKind(code: string, status: number): { code: ErrorCode; kind: ErrorKind } {
  const known = (Object.hasOwn(ERROR_KINDS, code) ? code : status < 500 ? 'refused' : 'internal') as ErrorCode;
  return { code: known, kind: ERROR_KINDS[known] };
}
