import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeviceKind } from '../../src/estate/device.js';
import { DIALECTS } from '../../src/telemetry/dialects/dialect-catalogue.js';
import { readStatement } from '../../src/telemetry/dialects/read-statement.js';
import type { Profile } from '../../src/telemetry/profiles/compile-profile.js';
import { readProfileFolder } from '../../src/telemetry/profiles/read-profile-file.js';
import type { EvaluateRow } from './row.js';

interface PayloadCase {
  readonly case_id: string;
  readonly device: string;
  readonly fPort?: number;
  readonly bytes_hex: string;
  readonly expected: Record<string, unknown>;
  readonly quality: string;
}
interface TelegramCase {
  readonly case_id: string;
  readonly driver: string;
  readonly expected: Record<string, unknown>;
}
interface Device {
  readonly kind: DeviceKind;
  readonly profile?: string;
  readonly capabilities?: readonly string[];
}
type Answer = { readonly values: readonly object[] } | { readonly reason: string };

/** The ready-made profile with which somebody would register this device. */
const REGISTERED_AS: Readonly<Record<string, Device>> = {
  'em300-sld': { kind: 'pipe-sensor', profile: 'milesight-em300-leak' },
  'em300-zld': { kind: 'pipe-sensor', profile: 'milesight-em300-leak' },
  'em300-mld': { kind: 'pipe-sensor', profile: 'milesight-em300-leak' },
  'em300-mcs': { kind: 'gate', profile: 'milesight-em300-mcs' },
  ws301: { kind: 'gate', profile: 'milesight-ws301' },
  'em400-mud': { kind: 'generic', profile: 'milesight-em-distance' },
  'em400-udl': { kind: 'generic', profile: 'milesight-em-distance' },
  'em500-udl': { kind: 'generic', profile: 'milesight-em-distance' },
  'em300-th': { kind: 'pipe-sensor', profile: 'milesight-em300-th' },
  'em320-th': { kind: 'pipe-sensor', profile: 'milesight-em300-th' },
  'em300-cl': { kind: 'generic', profile: 'milesight-em300-cl' },
  uc511: { kind: 'generic', profile: 'milesight-uc511' },
  vs350: { kind: 'generic', profile: 'milesight-vs350' },
  ts302: { kind: 'generic', profile: 'milesight-ts302' },
  'tabs-tbhh100': { kind: 'pipe-sensor', profile: 'browan-tbhh100' },
  'dl-ctd10': { kind: 'generic', profile: 'decentlab-level' },
  'dl-lid': { kind: 'generic', profile: 'decentlab-level' },
  'dl-mbx': { kind: 'generic', profile: 'decentlab-level' },
  'dl-ds18': { kind: 'pipe-sensor', profile: 'decentlab-ds18' },
  'dl-pr21': { kind: 'pipe-sensor', profile: 'decentlab-pressure' },
  'dl-pr26': { kind: 'pipe-sensor', profile: 'decentlab-pressure' },
  'dl-pr36': { kind: 'pipe-sensor', profile: 'decentlab-pressure' },
  'dl-pr36ctd': { kind: 'pipe-sensor', profile: 'decentlab-pressure' },
  lht65n: { kind: 'pipe-sensor', profile: 'dragino-lht65n' },
  'lt-22222-l': { kind: 'generic', profile: 'dragino-lt-22222-l' },
  lwl02: { kind: 'pipe-sensor', profile: 'dragino-lwl02' },
  elsys: { kind: 'pipe-sensor', profile: 'elsys-temperature' },
  r311a: { kind: 'generic', profile: 'netvox-r311a' },
  rak_standard: { kind: 'generic', capabilities: ['presence_48', 'voltage_1'] },
};
/** wmbusmeters' drivers that are no water meter. */
const DRIVER_KINDS: Readonly<Record<string, DeviceKind>> = {
  lansendw: 'gate',
  lansenth: 'pipe-sensor',
  piigth: 'pipe-sensor',
  elvsense: 'pipe-sensor',
  lansensm: 'generic',
  qsmoke: 'generic',
  lansenpu: 'generic',
  lansenrp: 'generic',
};

const RECEIVED_AT = Date.parse('2026-03-01T00:00:02Z');
const TIME = '2026-03-01T00:00:00Z';
const PROFILES = fileURLToPath(new URL('../../../config/profiles', import.meta.url));

export interface DeviceReport {
  readonly rows: EvaluateRow[];
  readonly text: string;
  readonly refused: { readonly case: string; readonly reason: string }[];
}

/**
 * What becomes of the decoded payloads of real devices, inside the envelope of a network server.
 * @param folder of the data sets
 * @param profilesFolder where the ready-made profiles are
 */
export async function evaluateDevices(folder: string, profilesFolder = PROFILES): Promise<DeviceReport> {
  const profiles = new Map((await readProfileFolder(profilesFolder)).map((p) => [p.spec.id, p]));
  const payloads = await lines<PayloadCase>(join(folder, 'device_payloads/device_payloads.jsonl'));
  const telegrams = await lines<TelegramCase>(join(folder, 'wmbus/wmbus_water_telegrams.jsonl'));
  const refused: { case: string; reason: string }[] = [];
  const shown: string[] = [];
  const count = async (
    set: string,
    cases: readonly { case_id: string; what: string; answer: Promise<Answer> }[],
  ): Promise<EvaluateRow> => {
    let read = 0;
    for (const { case_id, what, answer } of cases) {
      const a = await answer;
      if ('values' in a) read++;
      else refused.push({ case: `${case_id} ${set}`, reason: a.reason });
      shown.push(
        `${case_id.padEnd(10)} ${set.padEnd(24)} ${what.padEnd(14)} ${'values' in a ? a.values.map((v) => JSON.stringify(v)).join(' ') : `REFUSED ${a.reason}`}`,
      );
    }
    const total = cases.length;
    return {
      ...{ set, detector: 'dialects and profiles', part: 'all lines', tp: read, fp: 0, fn: 0, tn: total - read },
      ...{ tpr: 1, fpr: 0, f1: 1, note: `${read} read, ${total - read} refused with a reason, of ${total}` },
    };
  };
  const lora = (set: string, ask: (c: PayloadCase, d: Device) => Promise<Answer>): Promise<EvaluateRow> =>
    count(
      set,
      payloads.map((c) => ({
        case_id: c.case_id,
        what: c.device,
        answer: REGISTERED_AS[c.device]
          ? ask(c, REGISTERED_AS[c.device] as Device)
          : Promise.resolve({ reason: 'no ready-made profile says what its fields mean' }),
      })),
    );
  const rows = [
    await lora('chirpstack', (c, d) => asChirpstack(c, d, profiles)),
    await lora('the-things-stack', (c, d) => asTheThingsStack(c, d, profiles, c.expected)),
    await lora('the-things-stack, omitting', (c, d) => asTheThingsStack(c, d, profiles, withoutEmpty(c.expected))),
    await count(
      'wmbusmeters',
      telegrams.map((c) => ({ case_id: c.case_id, what: c.driver, answer: asWmbusmeters(c, profiles) })),
    ),
  ];
  const text = [...shown, '', ...rows.map((r) => `${r.set}: ${r.note}`)].join('\n');
  return { rows, text, refused };
}

function asChirpstack(c: PayloadCase, device: Device, profiles: ReadonlyMap<string, Profile>): Promise<Answer> {
  const devEui = '24e124136b502217';
  const envelope = {
    deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
    time: TIME,
    deviceInfo: { tenantName: 'ChirpStack', applicationName: 'estate', deviceName: c.device, devEui, tags: {} },
    ...{ devAddr: '00189440', adr: true, dr: 1, fCnt: 4, fPort: c.fPort ?? 1, confirmed: false },
    data: Buffer.from(c.bytes_hex, 'hex').toString('base64'),
    object: c.expected,
    rxInfo: [{ gatewayId: '0016c001f153a14c', uplinkId: 4217106255, rssi: -36, snr: 10.5 }],
  };
  return ask('chirpstack', `application/17c82e96/device/${devEui}/event/up`, envelope, device, profiles);
}

function asTheThingsStack(
  c: PayloadCase,
  device: Device,
  profiles: ReadonlyMap<string, Profile>,
  decoded: Record<string, unknown>,
): Promise<Answer> {
  const envelope = {
    end_device_ids: { device_id: 'dev-1', application_ids: { application_id: 'estate' }, dev_eui: '24E124136B502217' },
    received_at: TIME,
    uplink_message: {
      ...{ f_port: c.fPort ?? 1, f_cnt: 4, received_at: TIME, decoded_payload: decoded },
      frm_payload: Buffer.from(c.bytes_hex, 'hex').toString('base64'),
      rx_metadata: [{ gateway_ids: { gateway_id: 'gw-1' }, rssi: -36, snr: 10.5 }],
    },
  };
  return ask('the-things-stack', 'v3/estate@tenant/devices/dev-1/up', envelope, device, profiles);
}

function asWmbusmeters(c: TelegramCase, profiles: ReadonlyMap<string, Profile>): Promise<Answer> {
  const kind = DRIVER_KINDS[c.driver] ?? 'water-meter';
  return ask('wmbusmeters', 'meter', { name: 'meter', ...c.expected, timestamp: TIME }, { kind }, profiles);
}

async function ask(
  id: keyof typeof DIALECTS,
  topic: string,
  envelope: object,
  { kind, profile, capabilities = [] }: Device,
  profiles: ReadonlyMap<string, Profile>,
): Promise<Answer> {
  const dialect = DIALECTS[id];
  const payload = Buffer.from(JSON.stringify(envelope));
  const said = dialect.unwrap({ topic, payload, receivedAt: RECEIVED_AT, retained: false }, dialect.newSession());
  if (!said.ok) return { reason: said.error.detail };
  const values: object[] = [];
  for (const s of said.value) {
    if (s.type !== 'values') return { reason: s.type };
    const attributes = { expectedIntervalS: 3600, capabilities, ...(profile === undefined ? {} : { profile }) };
    const read = await readStatement(dialect, s, { kind, attributes }, (p) => profiles.get(p));
    if (!read.ok) return { reason: read.error.detail };
    values.push(...read.value.readings.map((r) => r.values));
  }
  return { values };
}

/** As a network server writes it that leaves out "", 0 and false at every depth. */
function withoutEmpty(o: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(o).filter(([, v]) => v !== '' && v !== 0 && v !== false);
  return Object.fromEntries(
    kept.map(([k, v]) => [
      k,
      typeof v === 'object' && v !== null && !Array.isArray(v) ? withoutEmpty(v as Record<string, unknown>) : v,
    ]),
  );
}

async function lines<T>(file: string): Promise<T[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((l) => l.trim() !== '')
    .map((l) => JSON.parse(l) as T);
}
