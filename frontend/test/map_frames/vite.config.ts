// Builds the bench pages of tests/benchmark/map_frames.py with the program's own settings.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [svelte()],
  logLevel: 'warn',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    emptyOutDir: true,
    rolldownOptions: {
      input: ['index', 'console'].map((name) => fileURLToPath(new URL(`./${name}.html`, import.meta.url))),
    },
  },
});
