import type { ContactKind } from '../platform/schema/rescue-tables.js';
import type { Names } from '../gateway/views.js';
import type { EstateContact } from './estate-directory.js';

export const CONTACT_NAMES: Readonly<Record<ContactKind, Names>> = {
  'district-station': { zh: '区电梯应急救援站', en: 'District rescue station' },
  'lift-hotline': { zh: '电梯应急热线', en: 'Lift emergency hotline' },
  fire: { zh: '消防', en: 'Fire brigade' },
  police: { zh: '公安', en: 'Police' },
  ambulance: { zh: '急救', en: 'Ambulance' },
};

/** China's emergency numbers, where an estate has recorded none of its own. */
const NATIONAL: Partial<Record<ContactKind, string>> = { fire: '119', police: '110', ambulance: '120' };

const OF_TIER: Readonly<Record<2 | 3, readonly ContactKind[]>> = {
  2: ['district-station', 'lift-hotline'],
  3: ['fire', 'police'],
};

/** Whom the control room calls for a rescue tier: the estate's own numbers, else the national ones. */
export function contactsOfTier(
  tier: 2 | 3,
  contacts: readonly EstateContact[],
): { name: Names; kind: ContactKind; phone: string }[] {
  return OF_TIER[tier].flatMap((kind) => {
    const own = contacts.filter((c) => c.kind === kind).map((c) => ({ name: c.names, kind, phone: c.phone }));
    const national = NATIONAL[kind];
    return own.length > 0 || national === undefined ? own : [{ name: CONTACT_NAMES[kind], kind, phone: national }];
  });
}
