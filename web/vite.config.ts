import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';

const server = process.env.MECUM_DEV_SERVER ?? 'http://127.0.0.1:8123';

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    VitePWA({
      registerType: 'autoUpdate',
      injectRegister: false,
      manifest: {
        name: 'Mecum',
        short_name: 'Mecum',
        description: 'Your assistants, on your machine',
        start_url: '/',
        display: 'standalone',
        background_color: '#faf8f4',
        theme_color: '#faf8f4',
        icons: [
          { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
          { src: '/icon-maskable.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
        ],
      },
      workbox: {
        globPatterns: ['index.html', 'theme.js', 'icon.svg', 'assets/*.{js,css}'],
        globIgnores: ['assets/mermaid*', 'assets/hl-*', 'assets/temml*'],
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/api\//, /^\/v1\//, /^\/docs/, /^\/health/, /^\/metrics/, /^\/licences/],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
        skipWaiting: true,
        runtimeCaching: [
          {
            // Reads that stay available offline: the lists, the saved chats and what the shell needs.
            // The function is copied into the worker as text: it can name nothing outside itself.
            urlPattern: ({ url, request }) =>
              request.method === 'GET' &&
              /^\/api\/v1\/(session|models|conversations(\/[^/]+(\/messages)?)?|assistants(\/[^/]+)?|messages\/[^/]+)$/.test(url.pathname),
            handler: 'NetworkFirst',
            options: {
              cacheName: 'mecum-chats',
              expiration: { maxEntries: 300 },
              cacheableResponse: { statuses: [200] },
            },
          },
          {
            urlPattern: /\/assets\/.*\.(js|css|woff2)$/,
            handler: 'CacheFirst',
            options: { cacheName: 'mecum-parts', expiration: { maxEntries: 120 } },
          },
        ],
      },
    }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2023',
    sourcemap: false,
    license: { fileName: 'licences.txt' },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 3200,
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true, changeOrigin: true },
      '/v1': { target: server },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/test-setup.ts'] },
});
