import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS } from './broker-limits.js';
import { ConnectionGate, gateKey, type Admission } from './connection-gate.js';

const gate = (limits: Partial<typeof DEFAULT_LIMITS>): ConnectionGate =>
  new ConnectionGate({ ...DEFAULT_LIMITS, ...limits });

describe('connection gate', () => {
  it('counts what one address holds open', () => {
    const g = gate({ connectionsPerAddress: 2 });
    const first = g.admit('10.0.0.1', 0) as Admission;
    g.admit('10.0.0.1', 0);
    expect(g.admit('10.0.0.1', 0)).toBe('too many from this address');
    expect(g.admit('10.0.0.2', 0)).toMatchObject({});
    first.left();
    first.left();
    expect(typeof g.admit('10.0.0.1', 0)).toBe('object');
    expect(g.admit('10.0.0.1', 0)).toBe('too many from this address');
  });

  it('takes no more strangers at once than it can hold, and forgets who has logged in', () => {
    const g = gate({ loginsPending: 1 });
    const first = g.admit('a', 0) as Admission;
    expect(g.admit('b', 0)).toBe('too many logins');
    first.loggedIn();
    expect(typeof g.admit('b', 0)).toBe('object');
  });

  it('slows an address that connects again and again', () => {
    const g = gate({ newConnectionsPerSecond: 1 });
    for (let i = 0; i < 10; i++) (g.admit('a', 0) as Admission).left();
    expect(g.admit('a', 0)).toBe('too fast');
    expect(typeof g.admit('b', 0)).toBe('object');
    expect(typeof g.admit('a', 1000)).toBe('object');
  });

  it('takes one customer of IPv6 for one', () => {
    expect(gateKey('2001:db8:1:2:3:4:5:6')).toBe(gateKey('2001:db8:1:2::9'));
    expect(gateKey('::ffff:10.0.0.1')).toBe('10.0.0.1');
  });
});
