import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from './password.js';

describe('a password', () => {
  it('is verified by its hash, and another one is not', async () => {
    const hash = await hashPassword('正确 horse battery');
    expect(await verifyPassword('正确 horse battery', hash)).toBe(true);
    expect(await verifyPassword('正确 horse batterz', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('has another hash each time, and never stands in it', async () => {
    const [a, b] = await Promise.all([hashPassword('same-password'), hashPassword('same-password')]);
    expect(a).not.toBe(b);
    expect(a).toMatch(/^scrypt\$16384\$8\$5\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}$/);
    expect(a).not.toContain('same-password');
  });

  it('is the same however its letters are composed', async () => {
    expect(await verifyPassword('cafe\u0301-2026', await hashPassword('caf\u00e9-2026'))).toBe(true);
  });

  it('is verified with the cost that its hash names, so that the cost may change', async () => {
    // scrypt('password', 'NaCl', N=1024, r=8, p=16, 64 bytes): RFC 7914, section 12.
    const key =
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640';
    const hash = `scrypt$1024$8$16$${Buffer.from('NaCl').toString('base64')}$${Buffer.from(key, 'hex').toString('base64')}`;
    expect(await verifyPassword('password', hash)).toBe(true);
    expect(await verifyPassword('Password', hash)).toBe(false);
  });

  it.each([
    '',
    'plain',
    'scrypt$16384$8$5$$',
    'scrypt$7$8$5$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'scrypt$99999999$8$5$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'scrypt$16384$8$5$AAAA$AAAA',
  ])('fits nothing when its hash is damaged: %j', async (hash) => {
    expect(await verifyPassword('', hash)).toBe(false);
  });
});
