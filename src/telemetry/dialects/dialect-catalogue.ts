import { chirpstack } from './chirpstack.js';
import type { Dialect, DialectId } from './dialect.js';
import { liftBridgeA } from './lift-bridge-a.js';
import { liftBridgeB } from './lift-bridge-b.js';
import { native } from './native.js';
import { sparkplugB } from './sparkplug-b.js';
import { theThingsStack } from './the-things-stack.js';
import { wmbusmeters } from './wmbusmeters.js';
import { zigbee2mqtt } from './zigbee2mqtt.js';

/** A bridge's session is made by its own dialect and given to no other; here its type is not known any more. */
export type AnyDialect = Dialect;

/** `profile` has none here: it is made from the bridge's device profile. */
export const DIALECTS: Readonly<Record<Exclude<DialectId, 'profile'>, AnyDialect>> = Object.freeze({
  native: native as AnyDialect,
  'lift-bridge-a': liftBridgeA as AnyDialect,
  'lift-bridge-b': liftBridgeB as AnyDialect,
  chirpstack: chirpstack as AnyDialect,
  'the-things-stack': theThingsStack as AnyDialect,
  zigbee2mqtt: zigbee2mqtt as AnyDialect,
  wmbusmeters: wmbusmeters as AnyDialect,
  'sparkplug-b': sparkplugB as AnyDialect,
});
