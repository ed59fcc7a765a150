import type { DecodedReading } from './decode-native.js';
import type { Reading } from './reading.js';

/**
 * Places readings on Steward's clock: a message is shifted as a whole so that its newest element is at most
 * `receivedAt`; order and spacing inside it are kept (domain §4, "Late and odd data").
 */
export function placeReadings(device: string, decoded: readonly DecodedReading[], receivedAt: number): Reading[] {
  let newest = -Infinity;
  for (const d of decoded) if (d.observedAt > newest) newest = d.observedAt;
  const shift = Math.min(0, receivedAt - newest);
  return decoded.map(({ observedAt, seq, values }) =>
    seq === undefined
      ? { device, observedAt, receivedAt, at: observedAt + shift, values }
      : { device, observedAt, receivedAt, at: observedAt + shift, seq, values },
  );
}
