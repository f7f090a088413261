/** The page starts here. */
import { createRoot } from 'react-dom/client';
import { queryClient, sessionQuery } from '@/api/queries';
import { App } from '@/app/app';
import '@/ui/theme.css';

// The session is asked for before anything else: the first answer makes the cookie.
void queryClient.prefetchQuery(sessionQuery);

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);

// After an upgrade an old page may ask for parts that are gone: the new page has them.
window.addEventListener('vite:preloadError', () => location.reload());

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined));
}
