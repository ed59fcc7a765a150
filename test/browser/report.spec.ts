import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { readEstateFile } from '../../src/estate/read-estate-file.js';
import { EMPTY_ROSTER } from '../../src/estate/roster-plan.js';
import { onDuty } from '../../src/paging/roster.js';
import { ServiceProcess } from '../chaos/service-process.js';
import { TellingDevice } from '../chaos/telling-device.js';
import { startChromium } from './chromium.js';
import { Screen } from './screen.js';

const ESTATE_FILE = join(import.meta.dirname, '../../config/demo-estate.yaml');
const LIFT = 'jy-6-lift-w';
const SHOTS = join(import.meta.dirname, '__shots__');
const PATIENCE = 90_000;

describe('the report of a ticket, in a real browser', () => {
  let service: ServiceProcess;
  let browser: Browser;
  let desk: Screen;
  let car: TellingDevice;

  beforeAll(async () => {
    const read = readEstateFile(await readFile(ESTATE_FILE, 'utf8'));
    if (!read.ok) throw new Error('the demo estate has mistakes');
    const { estate, roster } = read.value;
    const token = randomBytes(32).toString('base64url');
    service = await ServiceProcess.prepare({ file: ESTATE_FILE }, { [LIFT]: token });
    await service.start();
    const topic = `steward/v1/${estate.id}/elevator/${LIFT}/telemetry`;
    car = new TellingDevice({ id: LIFT, kind: 'elevator', token, topic }, service.mqtt).connect();
    const question = { estate: estate.id, zones: [], role: 'control-room', duty: 'any' } as const;
    const operator =
      onDuty({ ...EMPTY_ROSTER, lines: roster }, { ...question, at: Date.now(), timezone: estate.timezone })[0]
        ?.person ?? '';
    browser = await startChromium();
    desk = await Screen.open(browser, 'report-desk', 'desk');
    await desk.logIn(`${service.http}/control-room`, operator, `demo-${operator}`);
    const standing = {
      mode: 'normal',
      floor: 3,
      direction: 'none',
      speedMps: 0,
      doorZone: true,
      door: 'closed',
      mainsPower: true,
    };
    for (const alarmButton of [false, true, false, true]) await car.tell({ ...standing, alarmButton });
    const row = desk.page.locator(`[data-testid=alarm-row][data-device="${LIFT}"]`).first();
    await row.waitFor({ timeout: 20_000 });
    await row.click();
    await desk.page.getByTestId('ticket-panel').waitFor();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await car?.close();
    await service?.remove();
  }, 60_000);

  const opened = async (button: string): Promise<Page> => {
    const tab = desk.context.waitForEvent('page');
    await desk.page.getByTestId(button).click();
    const page = await tab;
    await page.waitForURL(/^blob:/, { timeout: 60_000 });
    return page;
  };

  it(
    'is one click away, in the language of the screen, and runs nothing',
    async () => {
      await desk.shot('01-ticket-with-report');
      const page = await opened('report-html');
      await page.locator('h1').waitFor();
      expect(await page.locator('h1').innerText()).toContain('轿厢报警按钮');
      expect(await page.locator('section h2').allInnerTexts()).toEqual([
        '概况',
        '时限',
        '告警前后 10 分钟的读数',
        '经过',
        '谁在处理',
        '通知了谁',
        '步骤',
        '证据',
        '证明',
      ]);
      expect(await page.locator('svg').count()).toBe(1);
      // Its own policy holds in this tab too: a script that somebody got into it would not run.
      await expect(page.addScriptTag({ content: 'window.ran = true' })).rejects.toThrow();
      await page.screenshot({ path: join(SHOTS, 'rescue-report-page.png'), fullPage: true });
      await page.close();
    },
    PATIENCE,
  );

  it(
    'opens as a PDF, or says what is missing',
    async () => {
      const answer = desk.page.waitForResponse((r) => r.url().includes('format=pdf'), { timeout: 60_000 });
      const tab = desk.context.waitForEvent('page');
      await desk.page.getByTestId('report-pdf').click();
      await tab;
      const got = await answer;
      expect([got.status(), got.headers()['content-type']]).toEqual([200, 'application/pdf']);
      await desk.page.locator('[data-testid=report-pdf]:not([disabled])').waitFor();
      expect(await desk.page.getByTestId('trouble').count()).toBe(0);
    },
    PATIENCE,
  );

  it('logged no error and no failed request in the control room', () => {
    expect(desk.troubles).toEqual([]);
  });
});
