import type { Names } from '../gateway/views.js';

/** What bridges speak. Where a dialect has a root, its topics begin with that, perhaps behind levels of the broker's own. */
export const BRIDGE_ROOTS = {
  native: 'steward/v1/',
  'lift-bridge-a': null,
  'lift-bridge-b': null,
  chirpstack: 'application/',
  'the-things-stack': 'v3/',
  zigbee2mqtt: null,
  wmbusmeters: null,
  'sparkplug-b': 'spBv1.0/',
  profile: null,
} as const;
export type BridgeDialect = keyof typeof BRIDGE_ROOTS;
export const BRIDGE_DIALECTS = Object.keys(BRIDGE_ROOTS) as [BridgeDialect, ...BridgeDialect[]];

/** An account that speaks for many devices. */
export interface Bridge {
  readonly id: string;
  readonly estate: string;
  readonly names: Names;
  readonly dialect: BridgeDialect;
  /** Ends in `/`. All that it may publish and hear begins with it. */
  readonly prefix: string;
  /** Dialect `profile`: how all of its messages are read. */
  readonly profile: string | null;
  /** SHA-256 of its token, hex; null = may not log in. */
  readonly tokenSha256: string | null;
}

/** Levels in front of the dialect's own topics; null when the prefix has not the dialect's root in it. */
export function mountOf(dialect: BridgeDialect, prefix: string): string | null {
  const root = BRIDGE_ROOTS[dialect];
  if (root === null) return prefix;
  const at = `/${prefix}`.indexOf(`/${root}`);
  return at < 0 ? null : prefix.slice(0, at);
}
