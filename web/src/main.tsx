/** The page starts here. */
import { createRoot } from 'react-dom/client';
import { queryClient, sessionQuery } from '@/api/queries';
import { App } from '@/app/app';
import { readSaved, writeSaved } from '@/lib/saved';
import '@/ui/theme.css';

// The session is asked for before anything else: the first answer makes the cookie.
void queryClient.prefetchQuery(sessionQuery);

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);

const RELOAD_PAUSE_MS = 60_000;

// After an upgrade an old page may ask for parts that are gone: the new page has them.
window.addEventListener('vite:preloadError', () => {
  if (Date.now() - readSaved('reloaded', 0) < RELOAD_PAUSE_MS) return;
  writeSaved('reloaded', Date.now());
  location.reload();
});

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined));
}
