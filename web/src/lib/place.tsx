/**
 * Where the person is: the address bar as a store. Each history entry has a key of its own,
 * by which a view finds its scroll position again.
 */
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { createStore, useSelected, useStore } from '@/lib/store';

export interface Place {
  path: string;
  search: Readonly<Record<string, string>>;
  hash: string;
  key: string;
}

interface EntryState {
  key?: string;
}

let counter = 0;

function freshKey(): string {
  counter += 1;
  return `${Date.now().toString(36)}-${counter}`;
}

function read(): Place {
  const state = history.state as EntryState | null;
  if (!state?.key) history.replaceState({ ...state, key: freshKey() }, '');
  return {
    path: location.pathname,
    search: Object.fromEntries(new URLSearchParams(location.search)),
    hash: decodeURIComponent(location.hash.slice(1)),
    key: (history.state as EntryState).key ?? '',
  };
}

const place = createStore<Place>(read());
history.scrollRestoration = 'manual';
window.addEventListener('popstate', () => place.set(read()));

/** Goes to an address of the page. */
export function go(href: string, options: { replace?: boolean } = {}): void {
  const state: EntryState = { key: freshKey() };
  if (options.replace) history.replaceState(state, '', href);
  else history.pushState(state, '', href);
  place.set(read());
}

/** Where the page is, now. */
export function here(): Place {
  return place.get();
}

export function usePlace(): Place {
  return useStore(place);
}

const CONVERSATION = /^\/c\/([^/]+)\/?$/;

/** The address of a conversation, and where in it to look. */
export function conversationHref(id: string, target: { m?: string; quote?: string } = {}): string {
  return withSearch(`/c/${encodeURIComponent(id)}`, { ...target });
}

/** An address with the values that are there. */
export function withSearch(path: string, values: Record<string, string | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) params.set(name, value);
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** The conversation an address names, or null. */
export function conversationOf(path: string): string | null {
  const match = CONVERSATION.exec(path);
  return match?.[1] ? decodeURIComponent(match[1]) : null;
}

/** The conversation that is open, or null. */
export function useConversationId(): string | null {
  return useSelected(place, (at) => conversationOf(at.path));
}

type LinkProps = ComponentProps<'a'> & { href: string; activeClass?: string };

/** A link within the page; other clicks (new tab, download) stay the browser's. */
export function Link({ href, activeClass = '', className = '', onClick, ...rest }: LinkProps): ReactNode {
  const path = href.split(/[?#]/)[0] ?? href;
  const active = useSelected(place, (at) => at.path === path || (path !== '/' && at.path.startsWith(`${path}/`)));
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const special = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || special) return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} aria-current={active ? 'page' : undefined} className={active ? `${className} ${activeClass}` : className} onClick={follow} {...rest} />;
}
