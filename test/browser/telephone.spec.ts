import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { readEstateFile } from '../../src/estate/read-estate-file.js';
import { EMPTY_ROSTER } from '../../src/estate/roster-plan.js';
import { onDuty } from '../../src/paging/roster.js';
import { ServiceProcess } from '../chaos/service-process.js';
import { startChromium } from './chromium.js';
import { Screen } from './screen.js';

const ESTATE_FILE = join(import.meta.dirname, '../../config/demo-estate.yaml');
const BUTLER = 'wang.qiang';
const SOON_MS = 5000;
const PATIENCE = 60_000;

describe('a resident on the telephone, in a real browser', () => {
  let service: ServiceProcess;
  let browser: Browser;
  let desk: Screen;
  let phone: Screen;

  beforeAll(async () => {
    const read = readEstateFile(await readFile(ESTATE_FILE, 'utf8'));
    if (!read.ok) throw new Error('the demo estate has mistakes');
    const { estate, roster } = read.value;
    service = await ServiceProcess.prepare({ file: ESTATE_FILE }, {});
    await service.start();
    const question = {
      zones: [],
      role: 'control-room',
      duty: 'any',
      at: Date.now(),
      timezone: estate.timezone,
    } as const;
    const operator = onDuty({ ...EMPTY_ROSTER, lines: roster }, { estate: estate.id, ...question })[0]?.person ?? '';
    browser = await startChromium();
    desk = await Screen.open(browser, 'telephone-desk', 'desk');
    phone = await Screen.open(browser, 'telephone-butler', 'phone');
    await desk.logIn(`${service.http}/control-room`, operator, `demo-${operator}`);
    await phone.logIn(`${service.http}/butler`, BUTLER, `demo-${BUTLER}`);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  }, 60_000);

  const panel = () => desk.page.getByTestId('ticket-panel');
  /** Without a mouse: N, letters, Enter, the kind by arrow keys, words, Ctrl+Enter. */
  async function writeDown(letters: string, place: string, kind: string, said: string): Promise<void> {
    const { page } = desk;
    await page.keyboard.press('n');
    const search = page.getByTestId('place-search');
    await search.waitFor();
    await page.keyboard.type(letters, { delay: 30 });
    await page.locator(`[data-testid=place-hit][aria-selected=true][data-id="${place}"]`).waitFor();
    await desk.shot(`telephone-1-${letters}`);
    await page.keyboard.press('Enter');
    await page.locator(`[data-testid=call-place][data-id="${place}"]`).waitFor();
    const wanted = page.locator(`[data-kind="${kind}"] input`);
    await wanted.waitFor();
    await page.keyboard.press('Space');
    for (let i = 0; i < 20 && !(await wanted.isChecked()); i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type(said);
    await desk.shot(`telephone-2-${letters}`);
    await page.keyboard.press('Control+Enter');
  }

  it(
    'is opened by pinyin initials and the keyboard alone, and rings the butler within 5 s',
    async () => {
      await writeDown('6dxt', 'jy-6-lift-w', 'people-trapped', '电梯卡住了,里面有两个人');
      await panel().waitFor({ timeout: SOON_MS });
      await phone.page.getByTestId('page-screen').waitFor({ timeout: SOON_MS });
      expect(await phone.page.getByTestId('page-screen').innerText()).toContain('6栋');
      expect(await panel().innerText()).toContain('里面有两个人');
      expect(await desk.page.getByTestId('said').innerText()).toMatch(/已开工单 T-\d+-0001/);
      await desk.shot('telephone-3-opened');
      await phone.shot('telephone-3-opened');
    },
    PATIENCE,
  );

  it(
    'joins the ticket of the same lift, and says so',
    async () => {
      await writeDown('6栋xt', 'jy-6-lift-w', 'people-trapped', '又一位住户来电');
      await desk.page.getByTestId('said').getByText('已并入').waitFor({ timeout: SOON_MS });
      await panel().getByText('又一位住户来电').waitFor({ timeout: SOON_MS });
      expect(await desk.page.getByTestId('calls').locator('li').count()).toBe(2);
    },
    PATIENCE,
  );

  it(
    'a note is written, somebody is asked besides, and the holder is changed',
    async () => {
      const { page } = desk;
      await page.getByTestId('note-text').fill('业主电话打不通');
      await page.getByTestId('note-save').click();
      await page.getByTestId('notes').getByText('业主电话打不通').waitFor({ timeout: SOON_MS });
      await page.getByTestId('add-responder').click();
      await page.keyboard.type('zhaomin', { delay: 30 });
      await page.locator('[data-testid=place-hit][data-id="zhao.min"]').waitFor();
      await page.keyboard.press('Enter');
      await panel().locator('[data-person="zhao.min"]').waitFor({ timeout: SOON_MS });
      await phone.page.getByTestId('page-accept').click();
      await phone.page.getByTestId('ticket-screen').getByText('里面有两个人').waitFor();
      await phone.page.getByTestId('notes').getByText('业主电话打不通').waitFor({ timeout: SOON_MS });
      await phone.shot('telephone-4-ticket');
      await panel().locator('[data-slot=responder][data-state=filled]').waitFor({ timeout: SOON_MS });
      await page.getByTestId('reassign-responder').click();
      await page.keyboard.type('李娜', { delay: 30 });
      await page.locator('[data-testid=place-hit][data-id="li.na"]').waitFor();
      await page.keyboard.press('Enter');
      await page.getByTestId('reassign-reason').fill('离得近');
      await page.getByTestId('reassign-confirm').click();
      await panel()
        .locator('[data-slot=responder][data-state=open] [data-person="li.na"]')
        .first()
        .waitFor({ timeout: SOON_MS });
      await desk.shot('telephone-4-reassigned');
      await panel().locator('.journal').scrollIntoViewIfNeeded();
      await desk.shot('telephone-5-journal');
    },
    PATIENCE,
  );

  it(
    'two leaks are merged, and taken apart again',
    async () => {
      const { page } = desk;
      await page.keyboard.press('Escape');
      await writeDown('6-302', 'jy-6-302', 'water-leak', '天花板滴水');
      await panel().getByText('天花板滴水').waitFor({ timeout: SOON_MS });
      await writeDown('3-101', 'jy-3-101', 'water-leak', '厨房漏水');
      await panel().getByText('厨房漏水').waitFor({ timeout: SOON_MS });
      await page.getByTestId('merge').click();
      const into = page.getByTestId('merge-into');
      const other = into.locator('option', { hasText: '302' });
      await other.waitFor({ state: 'attached' });
      await into.selectOption((await other.getAttribute('value')) ?? '');
      await page.getByTestId('regroup-reason').fill('同一处漏水');
      await page.getByTestId('regroup-confirm').click();
      await page.getByTestId('undo-merge').waitFor({ timeout: SOON_MS });
      expect(await page.getByTestId('calls').locator('li').count()).toBe(2);
      await page.getByTestId('regroup').scrollIntoViewIfNeeded();
      await desk.shot('telephone-6-merged');
      await page.getByTestId('undo-merge').click();
      await panel().getByText('厨房漏水').waitFor({ timeout: SOON_MS });
      await panel().getByText('拆自').waitFor({ timeout: SOON_MS });
      await page.getByTestId('lang-switch').click();
      await panel().getByText('Split off from').waitFor();
      await desk.shot('telephone-7-english');
      await page.keyboard.press('n');
      await page.getByTestId('place-search').fill('lobby');
      await page.getByTestId('place-hit').first().waitFor();
      await page.keyboard.press('Enter');
      await page.locator('[data-kind=fire]').waitFor();
      await desk.shot('telephone-8-english-form');
    },
    PATIENCE,
  );

  it('logged no error and no failed request in any window', () => {
    expect([desk, phone].flatMap((s) => s.troubles.map((t) => `${s.name}: ${t}`))).toEqual([]);
  });
});
