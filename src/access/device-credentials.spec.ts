import { describe, expect, it } from '@jest/globals';
import { generateToken, sha256Hex, tokenMatches } from './device-credentials.js';

describe('device credentials', () => {
  it('are 256 random bits that fit what is stored of them', () => {
    const token = generateToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(generateToken()).not.toBe(token);
    expect(tokenMatches(token, sha256Hex(token))).toBe(true);
  });

  it('fit nothing else: another token, no token, a device without one, a damaged row', () => {
    const token = generateToken();
    expect(tokenMatches(generateToken(), sha256Hex(token))).toBe(false);
    expect(tokenMatches('', sha256Hex(token))).toBe(false);
    expect(tokenMatches(token, null)).toBe(false);
    expect(tokenMatches(token, '')).toBe(false);
    expect(tokenMatches(token, sha256Hex(token).slice(0, 62))).toBe(false);
  });

  it('are stored as the plain SHA-256 that other tools compute too', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
