import { describe, expect, it } from '@jest/globals';
import type { Device } from './device.js';
import { EstateDirectory, type DirectoryEntries } from './estate-directory.js';
import type { RosterEntry } from './roster-entry.js';

const names = (zh: string, en: string) => ({ zh, en });
const device = (id: string, no: number, d: Partial<Device> = {}): Device => ({
  id,
  no,
  estate: 'jinyue',
  kind: 'elevator',
  name: names('西梯', 'West lift'),
  building: 'b6',
  unit: null,
  riser: null,
  floor: null,
  attributes: { expectedIntervalS: 5, capabilities: [] },
  life: 'live',
  maintenanceUntil: null,
  occupancy: null,
  welfare: false,
  visitUntil: null,
  awayUntil: null,
  timezone: 'Asia/Shanghai',
  overrides: {},
  tokenSha256: null,
  hasSpoken: false,
  ...d,
});
const unit = (id: string, building: string, label: string): DirectoryEntries['units'][number] => ({
  id,
  estate: 'jinyue',
  building,
  label,
  floor: 5,
  waterRiser: 'w1',
  drainRiser: null,
  branchValve: null,
  occupancy: 'vacant',
  welfare: false,
  owner: null,
  emergency: null,
  keyCustody: null,
  notes: null,
});
const duty = (id: string, person: string, role: RosterEntry['role']): RosterEntry => ({
  id,
  estate: 'jinyue',
  zone: null,
  role,
  duty: 'primary',
  person,
  weekdays: [1],
  from: '00:00',
  to: '00:00',
});
const building = (id: string, zh: string, en: string) => ({
  id,
  estate: 'jinyue',
  names: names(zh, en),
  floorsMin: 1,
  floorsMax: 10,
});

const directory = new EstateDirectory({
  estates: [{ id: 'jinyue', names: names('金悦花园', 'Jinyue Garden'), timezone: 'Asia/Shanghai', setting: 'city' }],
  buildings: [building('b5', '5栋', 'Building 5'), building('b6', '6栋', 'Building 6')],
  risers: [
    { id: 'w1', estate: 'jinyue', building: 'b6', kind: 'water', names: names('1号立管', 'Riser 1'), valve: null },
  ],
  units: [unit('b6-502', 'b6', '502'), unit('b5-shop', 'b5', '商铺1'), unit('b5-501', 'b5', '501')],
  zones: [
    { id: 'z1', estate: 'jinyue', names: names('一区', 'Zone 1'), buildings: ['b5'], units: [] },
    { id: 'z2', estate: 'jinyue', names: names('二区', 'Zone 2'), buildings: ['b6'], units: ['b5-501'] },
    { id: 'other', estate: 'elsewhere', names: names('别处', 'Elsewhere'), buildings: [], units: [] },
  ],
  devices: [
    device('lift', 7),
    device('meter', 8, {
      kind: 'water-meter',
      unit: 'b6-502',
      name: names('水表', 'Water meter'),
      occupancy: 'vacant',
    }),
    device('gate', 9, { kind: 'gate', building: null, name: names('北门道闸', 'North gate barrier') }),
  ],
  people: [
    {
      username: 'li.na',
      names: names('李娜', 'Li Na'),
      phone: '137',
      roles: [
        { estate: 'jinyue', role: 'butler' },
        { estate: 'elsewhere', role: 'supervisor' },
      ],
    },
  ],
  roster: [duty('r1', 'li.na', 'butler'), duty('r2', 'li.na', 'supervisor'), duty('r3', 'gone', 'butler')],
});

describe('the estate directory', () => {
  it('finds a device by id and by the number that history carries', () => {
    expect(directory.device('meter')).toBe(directory.deviceByNo(8));
    expect(directory.device('nobody')).toBeUndefined();
    expect(directory.devicesOfBuilding('b6').map((d) => d.id)).toEqual(['lift', 'meter']);
    expect(directory.devicesOfEstate('jinyue')).toHaveLength(3);
  });

  it('says where a thing is, as people say it', () => {
    const place = (id: string) => directory.placeOfSubject({ type: 'device', id });
    expect(place('lift')).toEqual(names('6栋 西梯', 'Building 6 west lift'));
    expect(place('meter')).toEqual(names('6栋 502室 水表', 'Building 6 unit 502 water meter'));
    expect(place('gate')).toEqual(names('北门道闸', 'North gate barrier'));
    expect(directory.placeOfSubject({ type: 'unit', id: 'b5-shop' })).toEqual(names('5栋 商铺1', 'Building 5 商铺1'));
    expect(directory.placeOfSubject({ type: 'riser', id: 'w1' })).toEqual(names('6栋 1号立管', 'Building 6 riser 1'));
    expect(directory.placeOfSubject({ type: 'estate', id: 'jinyue' }).zh).toBe('金悦花园');
  });

  it('still says something of a thing that it does not know', () => {
    expect(directory.placeOfSubject({ type: 'building', id: 'b9' })).toEqual(names('b9', 'b9'));
  });

  it('finds the zones of a building, of a unit that is in another zone besides, and of a gate: all', () => {
    expect(directory.zonesOf({ building: 'b6', unit: null })).toEqual(['z2']);
    expect(directory.zonesOf({ building: 'b5', unit: 'b5-501' })).toEqual(['z1', 'z2']);
    expect(directory.zonesOf({ building: null, unit: 'b5-shop' })).toEqual(['z1']);
    expect(directory.zonesOf({ building: null, unit: null, estate: 'jinyue' })).toEqual(['z1', 'z2']);
  });

  it('keeps roles apart by estate, and calls nobody to a duty whose role he or she does not hold', () => {
    expect(directory.rolesIn('li.na', 'jinyue')).toEqual(['butler']);
    expect(directory.rolesIn('nobody', 'jinyue')).toEqual([]);
    expect(directory.staffOf('jinyue', 'supervisor')).toEqual([]);
    expect(directory.staffOf('elsewhere').map((p) => p.username)).toEqual(['li.na']);
    expect(directory.roster('jinyue').lines.map((e) => e.id)).toEqual(['r1']);
  });
});
