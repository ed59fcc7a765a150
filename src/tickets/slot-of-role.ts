import type { Role, SlotName } from '../gateway/views.js';

const HOME: Readonly<Record<Role, SlotName>> = {
  butler: 'responder',
  security: 'responder',
  engineer: 'responder',
  supervisor: 'responder',
  'project-manager': 'responder',
  contractor: 'rescuer',
  'control-room': 'coordinator',
};

/** The slot that is a role's own. */
export const homeSlot = (role: Role): SlotName => HOME[role];

/**
 * The slot that a role fills on a ticket; null = none. Where a ticket has no slot of that role's own, whoever its
 * procedure gives a step to is its responder: the contractor of a lift out of service. Not the control room, unless all
 * steps are its own: a responder goes there, and an operator's accept would silence those who must.
 * @param stepRoles roles that the procedure's steps name
 */
export function slotOfRole(role: Role, slots: readonly SlotName[], stepRoles: readonly Role[]): SlotName | null {
  const home = HOME[role];
  if (slots.includes(home)) return home;
  if (!slots.includes('responder') || !stepRoles.includes(role)) return null;
  if (role === 'control-room' && stepRoles.some((r) => r !== 'control-room')) return null;
  return 'responder';
}
