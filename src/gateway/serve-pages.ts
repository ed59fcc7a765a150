import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';

interface PageResponse {
  setHeader(name: string, value: string): unknown;
  sendFile(path: string): void;
}

const PAGES = ['control-room', 'butler'];

/** The built pages of dist/web: assets carry their hash and may be kept, pages are asked for anew each time. */
export function servePages(app: NestExpressApplication, folder: string): void {
  if (!existsSync(join(folder, 'control-room', 'index.html'))) return;
  app.useStaticAssets(join(folder, 'assets'), { prefix: '/assets/', immutable: true, maxAge: '365d', index: false });
  const http = app.getHttpAdapter().getInstance() as {
    get(path: string, handler: (q: unknown, r: PageResponse) => void): void;
  };
  const page = (file: string) => (_request: unknown, response: PageResponse) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('X-Frame-Options', 'SAMEORIGIN');
    response.sendFile(join(folder, file));
  };
  // Whatever the token is: the page asks the API, which says what is wrong with it.
  http.get('/job/:token', page('job/index.html'));
  for (const name of PAGES) http.get(`/${name}`, page(`${name}/index.html`));
  http.get('/', page('index.html'));
  // Never from a cache: a browser must find the newer service worker.
  http.get('/butler-sw.js', page('butler-sw.js'));
}
