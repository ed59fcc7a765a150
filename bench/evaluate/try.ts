import { loadDaiad } from '../datasets/daiad.js';
import { DevicePlay, playedDevice } from './play.js';
import { continuousFlowDetector } from '../../src/detection/water-meter/continuous-flow.detector.js';
import type { Detector } from '../../src/detection/detector.js';
const { households, events } = await loadDaiad('/work/shared/data');
const iso = (t: number) => new Date(t).toISOString().slice(0, 16);
for (const h of households) {
  const p = new DevicePlay(
    playedDevice('water-meter', h.id, {
      timezone: 'Europe/Madrid',
      attributes: { expectedIntervalS: 3600, capabilities: [], q3M3h: 2.5, registerStepM3: 0.001 },
    }),
    [continuousFlowDetector as unknown as Detector],
  );
  let b = -1;
  for (const r of h.reads) p.reading({ volumeM3: r.litres / 1000 }, r.at > b ? (b = r.at) : b);
  const open: { from: number; to: number; pr: string; since: number; up: number }[] = [];
  for (const f of p.found) {
    if (f.finding.kind === 'raise')
      open.push({ from: f.at, to: Infinity, pr: f.finding.priority ?? '', since: f.finding.since, up: 0 });
    const l = open.at(-1)!;
    if (f.finding.kind === 'update') l.up = f.at;
    if (f.finding.kind === 'clear') l.to = f.at;
  }
  const runs = events.filter((e) => e.household === h.id && e.kind === 'continuous_flow_run');
  for (const r of runs) {
    const o = open.find((x) => x.from <= r.startAt + 26 * 3.6e6 && x.to > r.startAt + 26 * 3.6e6);
    if (!o)
      console.log(
        'MISS',
        h.id,
        iso(r.startAt),
        iso(r.endAt),
        open
          .filter((x) => x.from < r.endAt && x.to > r.startAt)
          .map((x) => iso(x.from) + '..' + (x.to === Infinity ? '' : iso(x.to))),
      );
    else if (o.up || o.pr === 'P3')
      console.log(
        'P3',
        h.id,
        iso(r.startAt),
        iso(r.endAt),
        r.valueL,
        o.pr,
        iso(o.from),
        iso(o.up),
        'to',
        iso(o.to),
        JSON.stringify(p.found.find((f) => f.at === (o.up || o.from))?.finding.evidence),
      );
  }
  const extra = open.filter((x) => !runs.some((r) => x.from < r.endAt && x.to > r.startAt));
  console.log(
    h.id,
    'runs',
    runs.length,
    'alarms',
    open.length,
    'outside',
    extra.length,
    extra.map((x) => `${x.pr} ${iso(x.since)}..${iso(x.from)}..${iso(Math.min(x.to, 1.6e12))}`),
  );
}
