import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { ServiceProcess } from '../chaos/service-process.js';
import { startChromium } from './chromium.js';
import { Screen } from './screen.js';

const ESTATE_FILE = join(import.meta.dirname, '../../config/demo-estate.yaml');
const LIFT = 'jy-6-lift-w';
const PATIENCE = 90_000;

describe('the task screens, in a real browser', () => {
  let service: ServiceProcess;
  let browser: Browser;
  let desk: Screen;
  let phone: Screen;
  let supervisor: string;

  const call = async (path: string, body: unknown, method = 'POST'): Promise<{ id: string }> => {
    const reply = await fetch(`${service.http}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${supervisor}` },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as { id: string };
  };

  beforeAll(async () => {
    service = await ServiceProcess.prepare({ file: ESTATE_FILE }, { [LIFT]: randomBytes(32).toString('base64url') });
    await service.start();
    browser = await startChromium();
    desk = await Screen.open(browser, 'control-room', 'desk');
    phone = await Screen.open(browser, 'butler', 'phone');
    const login = await fetch(`${service.http}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'zheng.hong', password: 'demo-zheng.hong' }),
    });
    supervisor = ((await login.json()) as { token: string }).token;
    const now = Date.now();
    const iso = (h: number): string => new Date(now + h * 3_600_000).toISOString();
    const job = (kind: string, unit: string, dueAt?: string, note?: string): Promise<{ id: string }> =>
      call('/follow-ups', {
        ...{ estate: 'jinyue', kind, subject: { type: 'unit', id: unit } },
        ...(dueAt ? { dueAt } : {}),
        ...(note ? { note } : {}),
      });
    await job('complaint', 'jy-6-502', iso(-3), '楼上漏水后墙面发霉');
    await job('visit', 'jy-6-1002', iso(5));
    await job('first-rain', 'jy-1-302');
    await call('/estates/jinyue/weather', { kind: 'typhoon', from: iso(20), to: iso(40) });
    await call('/estates/jinyue/patrol-plan', { everyH: 2 }, 'PUT');
    await call('/handovers', { estate: 'jinyue' });
    await desk.logIn(`${service.http}/control-room`, 'zheng.hong', 'demo-zheng.hong');
    await phone.logIn(`${service.http}/butler`, 'wang.qiang', 'demo-wang.qiang');
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  }, 60_000);

  it(
    'the control room sees everything that is no emergency, with the alarms still in sight',
    async () => {
      await desk.page.getByTestId('open-tasks').click();
      await desk.page.locator('[data-follow-up]').nth(2).waitFor();
      expect(await desk.page.locator('.task.is-overdue[data-follow-up]').count()).toBe(1);
      expect(await desk.page.locator('[data-alarm-path]').count()).toBeGreaterThan(3);
      await desk.page.locator('[data-weather=typhoon]').waitFor();
      await desk.page.locator('[data-inspection]').waitFor();
      await desk.shot('tasks-1');
      await desk.page.getByTestId('handover-sign').click();
      await desk.page.getByTestId('handover-sign').waitFor({ state: 'detached' });
      await desk.page.locator('.task-board-body').evaluate((e) => e.scrollTo(0, e.scrollHeight));
      await desk.shot('tasks-2');
    },
    PATIENCE,
  );

  it(
    'the butler ends a visit with its outcome, sees a door and a flat',
    async () => {
      await phone.page.getByTestId('open-tasks').click();
      await phone.page.locator('[data-follow-up]').first().waitFor();
      await phone.shot('tasks-1');
      const visit = phone.page.locator('[data-kind=visit]');
      await visit.getByTestId('follow-up-done').click();
      await visit.getByTestId('task-words').fill('已上门致歉,老人身体无碍');
      await visit.getByTestId('task-more').fill('5');
      await phone.shot('tasks-2');
      await visit.getByTestId('task-send').click();
      await visit.waitFor({ state: 'detached' });
      const door = phone.page.locator('[data-door]').first();
      await door.getByTestId('door-ok').click();
      await door.getByTestId('task-send').click();
      await door.locator('.task-when').waitFor();
      await phone.page.locator('[data-inspection] > summary').click();
      const unit = phone.page.locator('[data-unit]').first();
      await unit.getByTestId('unit-ok').click();
      await phone.page.locator('[data-unit][data-state=ok]').waitFor();
      await phone.page.locator('[data-unit][data-state=open]').first().getByTestId('unit-finding').click();
      await phone.page.getByTestId('task-form').scrollIntoViewIfNeeded();
      await phone.shot('tasks-3');
    },
    PATIENCE,
  );

  it(
    'a drill says so on the phone that it rings',
    async () => {
      await desk.page.getByTestId('drill-lift').selectOption(LIFT);
      await desk.page.getByTestId('drill-start').click();
      await desk.page.getByTestId('drill-sure').click();
      await phone.page.getByTestId('page-screen').waitFor();
      await phone.shot('tasks-4-drill');
      expect(await phone.page.getByTestId('page-screen').textContent()).toContain('【演练】');
      await desk.page.locator('.side-panel .drill').waitFor();
      await desk.shot('tasks-4-drill');
    },
    PATIENCE,
  );

  it('nothing went wrong in either browser', () => {
    expect([...desk.troubles, ...phone.troubles]).toEqual([]);
  });
});
