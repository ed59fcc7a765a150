import { describe, expect, it } from '@jest/globals';
import { databaseUrls } from './database-urls.js';

const URL_OF = 'postgres://steward:secret@db.example:5432/steward';
const database = {
  url: URL_OF,
  directUrl: undefined,
  migrationUrl: undefined,
  caFile: undefined,
  connections: 16,
};

describe('the addresses of the database', () => {
  it('are all the same when nothing else is given', () => {
    expect(databaseUrls({ database }, URL_OF)).toEqual({
      general: URL_OF,
      direct: URL_OF,
      owner: undefined,
      isPooled: false,
    });
  });

  it('go around a pooler for whoever needs a session', () => {
    const directUrl = 'postgres://steward:secret@db.example:5433/steward';
    expect(databaseUrls({ database: { ...database, directUrl } }, URL_OF)).toMatchObject({
      general: URL_OF,
      direct: directUrl,
      isPooled: true,
    });
  });

  it('verify the certificate in full when an authority is given, and leave what the URL says itself', () => {
    const secured = databaseUrls({ database: { ...database, caFile: '/ca.pem' } }, URL_OF).general;
    expect(new URL(secured).searchParams.toString()).toBe('sslmode=verify-full&sslrootcert=%2Fca.pem');
    const own = databaseUrls({ database: { ...database, caFile: '/ca.pem' } }, `${URL_OF}?sslmode=disable`).general;
    expect(new URL(own).searchParams.get('sslmode')).toBe('disable');
  });
});
