// One HTML entry per screen, so that a tablet never downloads the console and a crash stays in one page.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const SCREENS = ['index', 'console', 'crew', 'ed', 'replay', 'map', 'devices'];
const SERVER = 'http://127.0.0.1:8080';

/** Every browser that runs this program reads woff2; the woff twins would double the fonts. */
function woff2Only(): Plugin {
  return {
    name: 'greenlane-woff2-only',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@fontsource') || !id.endsWith('.css')) return null;
      return { code: code.replace(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, ''), map: null };
    },
  };
}

/** `/console` in development is `console.html`, as the server does it in production. */
function screenAddresses(): Plugin {
  return {
    name: 'greenlane-screen-addresses',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '').split('?')[0]?.slice(1) ?? '';
        if (SCREENS.includes(path)) request.url = `/${path}.html`;
        next();
      });
    },
  };
}

export default defineConfig({
  plugins: [woff2Only(), svelte(), screenAddresses()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600, // maplibre-gl alone is 1.1 MB; only console and replay load it
    rolldownOptions: {
      input: Object.fromEntries(
        SCREENS.map((name) => [
          name,
          fileURLToPath(new URL(`./${name}.html`, import.meta.url)),
        ]),
      ),
    },
  },
  server: {
    proxy: {
      '/api': { target: SERVER },
      '/ws': { target: SERVER.replace('http', 'ws'), ws: true },
    },
  },
});
