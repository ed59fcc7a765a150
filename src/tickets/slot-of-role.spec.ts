import { describe, expect, it } from '@jest/globals';
import { ROLES } from '../estate/role.js';
import { EVENTS, type EventName } from '../kernel/events.js';
import { policyFor } from '../paging/policy.js';
import { procedureFor } from './procedure-catalogue.js';
import { slotOfRole } from './slot-of-role.js';

const P1_LIFT = ['responder', 'rescuer', 'coordinator'] as const;

describe('the slot that a role fills', () => {
  it('on a lift with people in it is the role’s own', () => {
    expect(ROLES.map((role) => slotOfRole(role, P1_LIFT, ['butler', 'contractor', 'control-room']))).toEqual([
      ...['coordinator', 'responder', 'responder', 'responder', 'responder', 'rescuer', 'responder'],
    ]);
  });

  it('where there is only a responder: the contractor, if the procedure gives him a step', () => {
    expect(slotOfRole('contractor', ['responder'], ['control-room', 'contractor'])).toBe('responder');
    expect(slotOfRole('contractor', ['responder'], ['butler'])).toBeNull();
  });

  it('is never the responder’s for the control room while somebody must go there', () => {
    expect(slotOfRole('control-room', ['responder'], ['control-room', 'butler'])).toBeNull();
    expect(slotOfRole('control-room', ['responder'], ['control-room'])).toBe('responder');
  });

  it('leaves no procedure whose field steps nobody on the ticket could take', () => {
    const orphans: string[] = [];
    for (const event of Object.keys(EVENTS) as EventName[])
      for (const priority of ['P1', 'P2', 'P3'] as const) {
        const slots = policyFor(event, priority).slots.map((s) => s.slot);
        const roles = [...new Set(procedureFor(event).steps.map((s) => s.role))];
        for (const role of roles.filter((r) => r !== 'control-room'))
          if (slotOfRole(role, slots, roles) === null) orphans.push(`${event} ${priority} ${role}`);
      }
    expect(orphans).toEqual([]);
  });
});
