import type { BrokerDesk } from '../device-broker.port.js';

/** What may be said and heard where. `pass` = it goes to whoever subscribed, and nobody here looks at it. */
export interface TopicRules {
  channel(device: string, topic: string): 'telemetry' | 'status' | 'command/ack' | 'bridge' | 'pass' | null;
  maySubscribe(device: string, filter: string): boolean;
}

/** A device speaks under its own place and hears its own commands, a bridge both under its prefix, nothing else. */
export function ownTopicsOnly(desk: BrokerDesk): TopicRules {
  return {
    channel: (device, topic) => {
      // The place in the topic was checked at login; estate and kind cannot change while a session lasts.
      const prefix = desk.bridges?.prefixOf(device);
      if (prefix !== undefined) return topic.startsWith(prefix) ? 'bridge' : null;
      const own = desk.topicsOf(device);
      if (own === undefined || !topic.startsWith(own)) return null;
      const channel = topic.slice(own.length);
      return channel === 'telemetry' || channel === 'status' || channel === 'command/ack' ? channel : null;
    },
    maySubscribe: (device, filter) => {
      const prefix = desk.bridges?.prefixOf(device);
      if (prefix !== undefined) return filter.startsWith(prefix);
      const place = desk.topicsOf(device);
      return place !== undefined && (filter === `${place}command` || filter === `${place}command/#`);
    },
  };
}
