import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** What keeps Chromium from speaking with anybody but us. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of this machine on an empty profile that goes with it. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: programOf(process.env['STEWARD_CHROMIUM'] ?? 'chromium'), args: ARGS });

/** `npm test` may name it as one would in a shell; the launcher wants its path. */
function programOf(name: string): string {
  if (isAbsolute(name)) return name;
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error(`There is no ${name} on this machine; STEWARD_CHROMIUM names another browser.`);
  return found;
}
