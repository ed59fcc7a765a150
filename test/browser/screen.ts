import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const SHOTS = join(import.meta.dirname, '__shots__');

/** Counts what the loudspeaker and the motor of a phone would have done; runs in the page before its own scripts. */
const LISTEN = `
  window.soundings = 0;
  window.shakings = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) { window.soundings++; return start.apply(this, args); };
  Navigator.prototype.vibrate = () => { window.shakings++; return true; };
`;

/** One person's browser window: what it shows, what it did, and what went wrong in it. */
export class Screen {
  /** Console errors, exceptions and failed requests, outside of the stretches where the service was away on purpose. */
  readonly troubles: string[] = [];
  private excused = false;

  private constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    const note = (text: string): void => {
      if (!this.excused) this.troubles.push(text);
    };
    page.on('console', (m) => {
      if (m.type() === 'error') note(`console: ${m.text()}`);
    });
    page.on('pageerror', (e) => note(`exception: ${e.message}`));
    // A reload ends what is under way; that is not a failure of the service.
    page.on('requestfailed', (r) => {
      const why = r.failure()?.errorText ?? '';
      if (why !== 'net::ERR_ABORTED') note(`failed: ${r.method()} ${r.url()} ${why}`);
    });
    page.on('response', (r) => {
      if (r.status() >= 400) note(`${r.status()}: ${r.request().method()} ${r.url()}`);
    });
  }

  static async open(browser: Browser, name: string, kind: 'desk' | 'phone'): Promise<Screen> {
    const context = await browser.newContext({
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      ...(kind === 'desk'
        ? { viewport: { width: 1920, height: 1080 } }
        : { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }),
    });
    await context.addInitScript(LISTEN);
    return new Screen(name, context, await context.newPage());
  }

  async logIn(address: string, username: string, password: string): Promise<void> {
    await this.page.goto(address);
    await this.page.getByTestId('login-username').fill(username);
    await this.page.getByTestId('login-password').fill(password);
    await this.shot('login');
    await this.page.getByTestId('login-submit').click();
    await this.phase('live');
  }

  /** Waits until the page says so of its own connection. @returns after how many ms */
  async phase(phase: 'live' | 'stale', timeout = 15_000): Promise<number> {
    const began = Date.now();
    await this.page.locator(`[data-testid=connection-state][data-phase=${phase}]`).first().waitFor({ timeout });
    return Date.now() - began;
  }

  /** For a stretch in which requests must fail. */
  async excuse<T>(work: () => Promise<T>): Promise<T> {
    this.excused = true;
    try {
      return await work();
    } finally {
      this.excused = false;
    }
  }

  async shot(stage: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${stage}-${this.name}.png`) });
  }

  async noise(): Promise<{ soundings: number; shakings: number }> {
    const { soundings, shakings } = (await this.page.evaluate('({ soundings, shakings })')) as Record<string, number>;
    return { soundings: soundings ?? 0, shakings: shakings ?? 0 };
  }
}
