/** Ways to a person, in the order in which they are tried unless the person says otherwise (domain §7). */
export const CHANNELS = ['websocket', 'web-push', 'webhook', 'email'] as const;
export type ChannelName = (typeof CHANNELS)[number];
