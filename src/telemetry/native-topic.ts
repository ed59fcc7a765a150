import { DEVICE_KINDS, type DeviceKind } from '../estate/device.js';

/** `steward/v1/{estate}/{kind}/{device}/{channel}` (docs/mqtt.md). */
export interface NativeTopic {
  readonly estate: string;
  readonly kind: DeviceKind;
  readonly device: string;
  readonly channel: string;
}

const KINDS = new Set<string>(DEVICE_KINDS);

/** null when the topic is not of Steward's own shape. */
export function parseNativeTopic(topic: string): NativeTopic | null {
  const p = topic.split('/');
  const [root, version, estate, kind, device, channel, more] = p;
  if (root !== 'steward' || version !== 'v1' || !estate || !kind || !device || !channel) return null;
  if (!KINDS.has(kind)) return null;
  if (more !== undefined && !(channel === 'command' && more === 'ack' && p.length === 7)) return null;
  return { estate, kind: kind as DeviceKind, device, channel: more ? 'command/ack' : channel };
}

export const telemetryTopic = (d: { estate: string; kind: DeviceKind; id: string }): string =>
  `steward/v1/${d.estate}/${d.kind}/${d.id}/telemetry`;
