import type { CallKindView, PlaceHitView } from '../../src/gateway/by-hand-views.js';
import type { CallBody } from '../shared/api-client.js';

/** A call that is being written down. Kept when the operator looks at something else meanwhile. */
export interface CallDraft {
  readonly place: PlaceHitView | null;
  readonly kind: string | null;
  readonly priority: string | null;
  readonly name: string;
  readonly phone: string;
  readonly said: string;
  /** Minutes ago. */
  readonly ago: number;
  /** The same call sent twice is one call. */
  readonly key: string;
}

/** Also where a page is not served over TLS, which `crypto.randomUUID` insists on. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

export const emptyDraft = (): CallDraft => ({
  place: null,
  kind: null,
  priority: null,
  name: '',
  phone: '',
  said: '',
  ago: 0,
  key: newKey(),
});

/** Whether such a thing can be there; the service has the last word. */
const fits = (kind: CallKindView, place: PlaceHitView): boolean => {
  const has = (type: CallKindView['places'][number]): boolean => kind.places.includes(type);
  switch (place.kind) {
    case 'person':
      return false;
    case 'device':
      return (
        kind.deviceKinds.includes(place.deviceKind ?? '') ||
        (place.deviceKind !== 'elevator' && (has('unit') || (has('building') && place.building !== null)))
      );
    case 'unit':
    case 'riser':
      return has(place.kind) || has('building');
    default:
      return has(place.kind);
  }
};

/** What may be told of a place; of a device first what it is for. */
export const offeredAt = (kinds: readonly CallKindView[], place: PlaceHitView): CallKindView[] => {
  const own = (k: CallKindView): number => Number(k.deviceKinds.includes(place.deviceKind ?? ''));
  return kinds.filter((k) => fits(k, place)).sort((a, b) => own(b) - own(a));
};

/** What is sent; null = something is missing. */
export const bodyOf = (d: CallDraft, estate: string, now: number): CallBody | null => {
  if (!d.place || !d.kind) return null;
  return {
    estate,
    place: { type: d.place.kind, id: d.place.id },
    kind: d.kind,
    ...(d.priority ? { priority: d.priority } : {}),
    caller: {
      ...(d.name.trim() ? { name: d.name.trim() } : {}),
      ...(d.phone.trim() ? { phone: d.phone.trim() } : {}),
      ...(d.place.kind === 'unit' ? { unit: d.place.id } : {}),
    },
    said: d.said.trim(),
    ...(d.ago > 0 ? { reportedAt: new Date(now - d.ago * 60_000).toISOString() } : {}),
    idempotencyKey: d.key,
  };
};
