import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { ServiceProcess } from '../chaos/service-process.js';
import { PushEndpoint } from '../support/push-endpoint.js';
import { until } from '../support/until.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { startChromium } from './chromium.js';
import { Screen } from './screen.js';

const ESTATE_FILE = join(import.meta.dirname, '../../config/demo-estate.yaml');
const BUTLER = 'wang.qiang';
const PATIENCE = 60_000;

describe('the profile screen of a phone, in a real browser', () => {
  let service: ServiceProcess;
  let browser: Browser;
  let phone: Screen;
  let push: PushEndpoint;
  let hooks: WebhookReceiver;

  beforeAll(async () => {
    [push, hooks] = await Promise.all([PushEndpoint.start(), WebhookReceiver.start()]);
    const ca = join(tmpdir(), `steward-push-ca-${process.pid}.pem`);
    await writeFile(ca, push.ca);
    const settings = { STEWARD_OUTBOUND_PRIVATE: 'true', STEWARD_OUTBOUND_CA_FILE: ca };
    service = await ServiceProcess.prepare({ file: ESTATE_FILE }, {}, settings);
    await service.start();
    browser = await startChromium();
    phone = await Screen.open(browser, 'profile', 'phone');
    await phone.context.grantPermissions(['notifications'], { origin: service.http });
    await phone.logIn(`${service.http}/butler`, BUTLER, `demo-${BUTLER}`);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    await Promise.all([push?.stop(), hooks?.stop()]);
  }, 60_000);

  const row = (channel: string) => phone.page.getByTestId(`channel-${channel}`);
  const said = (channel: string, state: string) => row(channel).locator(`output[data-state=${state}]`);

  it(
    'opens from the idle screen, and a test page over the open screen is delivered and shown',
    async () => {
      await phone.page.getByTestId('open-profile').click();
      await phone.page.getByTestId('channel-websocket').and(phone.page.locator('[data-ready=true]')).waitFor();
      await phone.page.getByTestId('test-websocket').click();
      await said('websocket', 'delivered').waitFor();
      await phone.page.getByTestId('test-came').waitFor();
      await phone.shot('11-profile');
    },
    PATIENCE,
  );

  it(
    'keeps quiet hours and a robot, proves it by a test, and never shows the robot’s key',
    async () => {
      await phone.page.locator('[data-testid=quiet-form] [name=from]').fill('22:00');
      await phone.page.locator('[data-testid=quiet-form] [name=to]').fill('07:00');
      await phone.page.locator('[data-testid=quiet-form] [type=submit]').click();
      await phone.page.getByTestId('profile-said').waitFor();
      const form = phone.page.getByTestId('webhook-form');
      await form.locator('[name=kind]').selectOption('wecom');
      await form.locator('[name=url]').fill(hooks.url('/cgi-bin/webhook/send?key=of-the-robot'));
      await form.locator('[type=submit]').click();
      await row('webhook').and(phone.page.locator('[data-ready=true]')).waitFor();
      await phone.page.getByTestId('test-webhook').click();
      await said('webhook', 'sent').waitFor();
      expect(hooks.got[0]?.body).toMatchObject({ msgtype: 'text' });
      expect(await phone.page.content()).not.toContain('of-the-robot');
      await phone.page.screenshot({
        path: join(import.meta.dirname, '__shots__/12-profile-filled-profile.png'),
        fullPage: true,
      });
    },
    PATIENCE,
  );

  it(
    'the service worker shows a push, says that it has, and what is touched is seen',
    async () => {
      await phone.page.evaluate(`(async () => {
        await navigator.serviceWorker.register('/butler-sw.js', { scope: '/butler' });
        await navigator.serviceWorker.ready;
      })()`);
      // No push service stands behind this browser: ours takes the message, and the browser is handed what it decrypts.
      const body = JSON.stringify({ ...push.subscription(), label: 'Chromium' });
      await phone.page.evaluate(`(async () => {
        const { token } = JSON.parse(localStorage.getItem('steward.token'));
        await fetch('/api/v1/me/channels/push-devices', {
          method: 'POST',
          headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
          body: ${JSON.stringify(body)},
        });
      })()`);
      await phone.page.reload();
      await row('web-push').and(phone.page.locator('[data-ready=true]')).waitFor();
      await phone.page.getByTestId('test-web-push').click();
      await said('web-push', 'sent').waitFor();
      const message = await until('the push', 10_000, () => push.got[0]);
      expect(push.faults).toEqual([]);

      const cdp = await phone.context.newCDPSession(phone.page);
      const registrations: { registrationId: string }[] = [];
      cdp.on('ServiceWorker.workerRegistrationUpdated', (e) => registrations.push(...e.registrations));
      await cdp.send('ServiceWorker.enable');
      const { registrationId } = await until('the worker', 10_000, () => registrations[0]);
      await cdp.send('ServiceWorker.deliverPushMessage', {
        origin: service.http,
        registrationId,
        data: JSON.stringify(message.payload),
      });
      await said('web-push', 'delivered').waitFor();
      const shown = (await phone.page.evaluate(`navigator.serviceWorker.ready
        .then((r) => r.getNotifications())
        .then((all) => all.map((n) => ({ title: n.title, tag: n.tag, silent: n.silent })))`)) as object[];
      expect(shown).toEqual([{ title: message.payload['subject'], tag: message.payload['pageId'], silent: false }]);
      await phone.shot('13-profile-push');
    },
    PATIENCE,
  );

  it(
    'reads in English as well',
    async () => {
      await phone.page.getByTestId('lang-switch').click();
      await phone.page.getByText('How you are called').first().waitFor();
      await phone.page.screenshot({
        path: join(import.meta.dirname, '__shots__/14-profile-english-profile.png'),
        fullPage: true,
      });
      // A browser without a profile of its own has no push service, and says so.
      expect(phone.troubles.filter((t) => !t.includes('Push API in incognito mode'))).toEqual([]);
    },
    PATIENCE,
  );
});
