/** The places of the page. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { ChatPlace, Shell } from '@/app/shell';
import { NotFound } from '@/app/not-found';

interface ChatSearch {
  /** A message to bring into view, and the place in it that was quoted. */
  m?: string;
  quote?: string;
  /** A cited file to open. */
  file?: string;
  name?: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function chatSearch(search: Record<string, unknown>): ChatSearch {
  const all = { m: text(search.m), quote: text(search.quote), file: text(search.file), name: text(search.name) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** One place for the empty page and for conversations, so that the composer stays the same element. */
const chat = createRoute({ getParentRoute: () => root, id: 'chat', component: ChatPlace, validateSearch: chatSearch });
const home = createRoute({ getParentRoute: () => chat, path: '/' });
const conversation = createRoute({ getParentRoute: () => chat, path: '/c/$conversationId' });

const trash = createRoute({
  getParentRoute: () => root,
  path: '/trash',
  component: lazyRouteComponent(() => import('@/features/trash/trash-page'), 'TrashPage'),
});
const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  component: lazyRouteComponent(() => import('@/features/models/models-page'), 'ModelsPage'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings/{-$scope}',
  component: lazyRouteComponent(() => import('@/features/settings/settings-page'), 'SettingsPage'),
});

const tree = root.addChildren([chat.addChildren([home, conversation]), trash, models, settings]);

export const router = createRouter({ routeTree: tree, defaultPreload: false, scrollRestoration: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
