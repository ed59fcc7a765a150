import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const service = `http://127.0.0.1:${process.env.STEWARD_HTTP_PORT ?? 3000}`;

// Four documents, one folder of assets: the service serves dist/web/assets at /assets and the pages by name.
export default defineConfig({
  root: here('.'),
  base: '/',
  plugins: [react()],
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    rollupOptions: {
      input: {
        landing: here('./index.html'),
        'control-room': here('./control-room/index.html'),
        butler: here('./butler/index.html'),
        job: here('./job/index.html'),
        'butler-sw': here('./butler/service-worker.ts'),
      },
      // A service worker keeps its address: browsers look there for a newer one.
      output: {
        entryFileNames: (chunk) => (chunk.name === 'butler-sw' ? 'butler-sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  // `npx vite --config web/vite.config.ts` beside a running service.
  server: { proxy: { '/api': service, '/socket.io': { target: service, ws: true } } },
});
