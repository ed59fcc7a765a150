import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StoredReading } from '../../telemetry/history.port.js';
import { drawChart } from './draw-chart.js';
import { gapAfterMs, traceChart } from './readings-chart.js';

const reading = (s: number, values: Record<string, unknown>): StoredReading => ({
  at: s * 1000,
  observedAt: s * 1000,
  receivedAt: s * 1000,
  values,
});
const TO = 1_200_000;

describe('the readings around an alarm', () => {
  it('draws nothing where nothing was heard: a gap stays a gap', () => {
    const floors = [0, 5, 10, 100, 105].map((s) => reading(s, { floor: 3, peopleInCar: true }));
    const chart = traceChart('elevator', floors, 5, TO, 'en');
    expect(chart.curves.map((c) => [c.title, c.pieces.map((p) => p.map((q) => q.at / 1000))])).toEqual([
      [
        'Floor',
        [
          [0, 5, 10],
          [100, 105],
        ],
      ],
    ]);
    // Nobody knows whether people were still inside after 15 s of silence.
    expect(chart.bands.map((b) => [b.title, b.spans.map((x) => [x.from / 1000, x.to / 1000])])).toEqual([
      [
        'People',
        [
          [0, 25],
          [100, 120],
        ],
      ],
    ]);
  });

  it('leaves out what the device never sends', () => {
    const chart = traceChart('pipe-sensor', [reading(0, { pressureMpa: 0.3, wet: false })], 10, TO, 'zh');
    expect(chart.curves.map((c) => c.title)).toEqual(['压力']);
    expect(chart.bands).toEqual([{ title: '浸水', spans: [] }]);
  });

  it('shows the channels of a device that needed no code', () => {
    const chart = traceChart('generic', [reading(0, { channels: { currentA: 12.5, fault: true } })], 30, TO, 'en');
    expect(chart.curves.map((c) => c.title)).toEqual(['currentA']);
    expect(chart.bands.map((b) => [b.title, b.spans.length])).toEqual([['fault', 1]]);
  });

  it('no piece of a curve holds a gap, no band overlaps itself or leaves the time, and every number is drawn', () => {
    const one = fc.record({
      s: fc.integer({ min: 0, max: 1200 }),
      floor: fc.option(fc.integer({ min: -2, max: 30 })),
      people: fc.option(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 80 }), fc.integer({ min: 1, max: 60 }), (all, interval) => {
        const readings = all
          .sort((a, b) => a.s - b.s)
          .map((r) =>
            reading(r.s, {
              ...(r.floor === null ? {} : { floor: r.floor }),
              ...(r.people === null ? {} : { peopleInCar: r.people }),
            }),
          );
        const chart = traceChart('elevator', readings, interval, TO, 'zh');
        for (const c of chart.curves)
          for (const piece of c.pieces)
            piece
              .slice(1)
              .forEach((q, i) => expect(q.at - (piece[i]?.at ?? 0)).toBeLessThanOrEqual(gapAfterMs(interval)));
        const numbers = readings.filter((r) => typeof r.values['floor'] === 'number').length;
        expect(chart.curves.flatMap((c) => c.pieces.flat()).length).toBe(numbers);
        for (const b of chart.bands) {
          b.spans.slice(1).forEach((x, i) => expect(x.from).toBeGreaterThanOrEqual(b.spans[i]?.to ?? 0));
          for (const x of b.spans) expect(x.to).toBeLessThanOrEqual(TO);
        }
        const drawing = drawChart(chart, {
          from: 0,
          to: TO,
          timezone: 'UTC',
          moments: [{ at: 600_000, label: 'alarm' }],
          label: 'x',
          silence: 'nothing',
        });
        const points = drawing.shapes.flatMap((s) =>
          s.kind === 'path' ? s.points : s.kind === 'line' ? [s.from, s.to] : [s.at],
        );
        for (const [x, y] of points) {
          expect(x >= 0 && x <= drawing.width).toBe(true);
          expect(y >= 0 && y <= drawing.height).toBe(true);
        }
      }),
    );
  });
});
