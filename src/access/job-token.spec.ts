import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { claimedPage, isJobToken, jobToken } from './job-token.js';

const key = randomBytes(32);
const job = { pageId: randomUUID(), person: 'he.jun', ticketId: randomUUID() };

describe('the token of a job’s link', () => {
  it('opens its own job and names its page', () => {
    const token = jobToken(key, job);
    expect(token).toHaveLength(43);
    expect(claimedPage(token)).toBe(job.pageId);
    expect(isJobToken(key, token, job)).toBe(true);
  });

  it('is of no use for another page, person, ticket or server', () => {
    const token = jobToken(key, job);
    for (const other of [{ pageId: randomUUID() }, { person: 'ma.lin' }, { ticketId: randomUUID() }])
      expect(isJobToken(key, token, { ...job, ...other })).toBe(false);
    expect(isJobToken(randomBytes(32), token, job)).toBe(false);
  });

  it('does not survive the change of any character', () => {
    const token = jobToken(key, job);
    const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 41 }), letter, (at, c) => {
        fc.pre(token[at] !== c);
        expect(isJobToken(key, token.slice(0, at) + c + token.slice(at + 1), job)).toBe(false);
      }),
    );
  });

  it('takes anything for a token without failing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(isJobToken(key, text, job)).toBe(false);
      }),
    );
  });
});
