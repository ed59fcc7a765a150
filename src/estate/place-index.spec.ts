import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directoryFromFile } from './directory-from-file.js';
import { EstateDirectory, type DirectoryEntries } from './estate-directory.js';
import { PlaceIndex } from './place-index.js';
import { pinyinKeys } from './pinyin-keys.js';
import { readEstateFile } from './read-estate-file.js';
import type { Device } from './device.js';

const atOnce = (): Promise<void> => Promise.resolve();
let index: PlaceIndex;
let directory: EstateDirectory;
beforeAll(async () => {
  const read = readEstateFile(await readFile(join(process.cwd(), 'config/demo-estate.yaml'), 'utf8'));
  if (!read.ok) throw new Error('the demo estate has mistakes');
  directory = directoryFromFile(read.value);
  index = await PlaceIndex.of(directory, atOnce);
});

const ids = (q: string): string[] => index.search(q, ['jinyue']).map((h) => h.id);

describe('what is typed', () => {
  it.each([
    ['the name itself', '6栋西梯', 'jy-6-lift-w'],
    ['with a space', '6栋 西梯', 'jy-6-lift-w'],
    ['full pinyin', '6dongxiti', 'jy-6-lift-w'],
    ['full pinyin, not yet ended', '6dongxit', 'jy-6-lift-w'],
    ['initials', '6dxt', 'jy-6-lift-w'],
    ['Chinese and initials', '6栋xt', 'jy-6-lift-w'],
    ['English', 'building 6 west', 'jy-6-lift-w'],
    ['an id', 'jy-6-lift-w', 'jy-6-lift-w'],
    ['full-width', '６栋西梯', 'jy-6-lift-w'],
    ['a unit with a stroke', '6-802', 'jy-6-802'],
    ['a unit with its building', '6栋802', 'jy-6-802'],
    ['a unit in one', '6802', 'jy-6-802'],
    ['a unit with its word', '6栋802室', 'jy-6-802'],
    ['a building', '6栋', 'jy-6'],
    ['a gate', '北门入口', 'jy-gate-n-in'],
    ['a gate by initials', 'bmrkdz', 'jy-gate-n-in'],
    ['a person', '王强', 'wang.qiang'],
    ['a person by pinyin', 'wangqiang', 'wang.qiang'],
    ['a person by initials', 'wq', 'wang.qiang'],
  ])('finds by %s (%s)', (_, q, id) => expect(ids(q)[0]).toBe(id));

  it('finds nothing between syllables, and nothing for what is nowhere', () => {
    expect(ids('ongxit')).toEqual([]);
    expect(ids('不存在的楼')).toEqual([]);
    expect(ids('---')).toEqual([]);
    expect(ids('6栋 zzz')).toEqual([]);
  });

  it('answers at most twenty, and only of the estates asked for', () => {
    expect(ids('1').length).toBe(20);
    expect(index.search('6dxt', [])).toEqual([]);
    expect(index.search('6dxt', ['elsewhere'])).toEqual([]);
  });

  it('says what it is and where', () => {
    expect(index.search('6dxt', ['jinyue'])[0]).toMatchObject({
      kind: 'device',
      deviceKind: 'elevator',
      building: 'jy-6',
      place: { zh: '6栋 西梯', en: 'Building 6 west lift' },
    });
    expect(index.search('王强', ['jinyue'])[0]).toMatchObject({
      kind: 'person',
      roles: ['butler'],
      phone: '137-0000-0103',
    });
    expect(index.search('6-802', ['jinyue'])[0]).toMatchObject({
      kind: 'unit',
      building: 'jy-6',
      place: { zh: '6栋 802室' },
    });
  });

  it('reads family names as such', () => {
    expect(pinyinKeys('单雅婷', true)).toEqual({ syllables: 'shan ya ting', initials: 'syt' });
    expect(pinyinKeys('6栋 VIP门')).toEqual({ syllables: '6 dong vip men', initials: '6dvipm' });
  });
});

describe('any place', () => {
  it('is among the answers when its whole name is typed, in Chinese, pinyin or initials', () => {
    const places = directory.devicesOfEstate('jinyue').map((d) => ({ id: d.id, zh: directory.placeOfDevice(d).zh }));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.integer({ min: 0, max: 2 }), ({ id, zh }, way) => {
        const keys = pinyinKeys(zh);
        expect(ids([zh, keys.syllables.replaceAll(' ', ''), keys.initials][way] as string)).toContain(id);
      }),
    );
  });

  it('never fails, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 64 }), (q) => {
        expect(ids(q).length).toBeLessThanOrEqual(20);
      }),
    );
  });
});

describe('an estate of 5,000 devices', () => {
  it('answers in less than 10 ms', async () => {
    const [some] = directory.devicesOfEstate('jinyue') as [Device];
    const building = (n: number) => ({
      ...{ id: `b-${n}`, estate: 'big', names: { zh: `${n}栋`, en: `Building ${n}` }, floorsMin: 1, floorsMax: 30 },
    });
    const buildings = Array.from({ length: 50 }, (_, i) => building(i + 1));
    const unit = (b: string, label: string) => ({
      ...{ id: `${b}-${label}`, estate: 'big', building: b, label, floor: 1, waterRiser: null, drainRiser: null },
      ...{ branchValve: null, occupancy: 'occupied' as const, welfare: false, owner: null, emergency: null },
      ...{ keyCustody: null, notes: null },
    });
    const units = buildings.flatMap((b) => Array.from({ length: 100 }, (_, i) => unit(b.id, String(101 + i))));
    const device = (i: number): Device => ({
      ...{
        ...some,
        id: `b-${(i % 50) + 1}-lift-${i}`,
        no: i,
        estate: 'big',
        building: `b-${(i % 50) + 1}`,
        unit: null,
      },
      name: { zh: `${i}号客梯`, en: `Lift ${i}` },
    });
    const entries: DirectoryEntries = {
      estates: [{ id: 'big', names: { zh: '大', en: 'Big' }, timezone: 'Asia/Shanghai', setting: 'city' }],
      ...{ buildings, units, risers: [], zones: [], people: [], roster: [] },
      devices: Array.from({ length: 5000 }, (_, i) => device(i)),
    };
    const large = await PlaceIndex.of(new EstateDirectory(entries), atOnce);
    const queries = ['6d4055hkt', '12栋', 'lift', '6-120', 'kt', '1', 'hao', '7dong 客梯', 'zzz'];
    for (const q of queries) large.search(q, ['big']);
    for (const q of queries) {
      // Time of the processor, at its best: this machine may have much else to do.
      const took = Array.from({ length: 10 }, () => {
        const before = process.cpuUsage();
        large.search(q, ['big']);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      });
      const ms = Math.min(...took);
      expect({ q, ms, isQuick: ms < 10 }).toMatchObject({ isQuick: true });
    }
    expect(large.search('6d4055hkt', ['big'])[0]?.id).toBe('b-6-lift-4055');
  });
});
