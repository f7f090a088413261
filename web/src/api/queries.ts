/** What the page reads from the server, as queries with one key each. */
import { infiniteQueryOptions, QueryClient, queryOptions, type InfiniteData } from '@tanstack/react-query';
import * as client from '@/api/client';
import { ApiError, whenRefused } from '@/api/http';
import type { Message, MessagePage } from '@/api/types';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 30 * 60_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (count, error) => error instanceof ApiError && (error.offline || error.status >= 500) && count < 3,
      retryDelay: (count) => 300 * 2 ** count,
    },
    mutations: { networkMode: 'always' },
  },
});

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: client.session.get, staleTime: Infinity });

whenRefused(() => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }));

export const modelsQuery = queryOptions({ queryKey: ['models'], queryFn: client.models.list });

export const conversationListQuery = (shelf: client.Shelf = {}) =>
  infiniteQueryOptions({
    queryKey: shelf.tag === undefined ? ['conversations', shelf.place ?? 'live'] : ['conversations', shelf.place ?? 'live', shelf.tag],
    queryFn: ({ pageParam }) => client.conversations.list(pageParam, shelf),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const tagsQuery = queryOptions({ queryKey: ['conversations', 'tags'], queryFn: client.conversations.tags });

export const conversationQuery = (id: string) =>
  queryOptions({ queryKey: ['conversation', id], queryFn: () => client.conversations.get(id) });

export const messagesKey = (id: string) => ['messages', id] as const;

export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: messagesKey(id),
    queryFn: ({ pageParam }) => client.messages.page(id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 5_000,
  });

export type ThreadData = InfiniteData<MessagePage, string | null>;

export const messageQuery = (id: string) =>
  queryOptions({ queryKey: ['message', id], queryFn: () => client.messages.get(id) });

/** A settled run; one that is still made is followed instead. */
export const runQuery = (id: string) => queryOptions({ queryKey: ['run', id], queryFn: () => client.runs.get(id), staleTime: 60_000 });

/** What is summarised once stays as it is. */
export const summaryQuery = (id: string) =>
  queryOptions({ queryKey: ['summary', id], queryFn: () => client.summaries.get(id), staleTime: 60_000 });

export const endpointsQuery = queryOptions({ queryKey: ['endpoints'], queryFn: client.endpoints.list });
export const keysQuery = queryOptions({ queryKey: ['keys'], queryFn: client.keys.list });
export const systemQuery = queryOptions({ queryKey: ['system'], queryFn: client.system.get });
export const hardwareQuery = queryOptions({ queryKey: ['hardware'], queryFn: client.system.hardware, refetchInterval: 10_000 });
export const errorsQuery = queryOptions({ queryKey: ['errors'], queryFn: client.system.errors });

/**
 * Reads again what is on the page. What is on its way for the first time is read once more when it is there: it may have
 * been answered before the change, and a first read is not begun anew.
 */
export async function readAgain(queryKey: readonly unknown[]): Promise<void> {
  const waiting = queryClient.getQueryCache().findAll({ queryKey, predicate: ({ state }) => state.data === undefined && state.fetchStatus !== 'idle' });
  await queryClient.invalidateQueries({ queryKey });
  for (const query of waiting) void queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
}

/** The messages of a thread, oldest first, from its pages (newest page first). */
export function threadMessages(data: { pages: MessagePage[] } | undefined): Message[] {
  if (!data) return [];
  return data.pages.toReversed().flatMap((page) => page.items);
}

/** Versions only become more; what a stream says of a message knows no others. */
function later(before: Message['siblings'], after: Message['siblings']): Message['siblings'] {
  return before.count > after.count ? before : after;
}

/** Puts `message` into a cached thread: in place where it is known, else at the end, unless another branch is shown. */
export function putMessage(conversationId: string, message: Message): void {
  queryClient.setQueryData<ThreadData>(messagesKey(conversationId), (data) => {
    if (!data) return data;
    const shown = data.pages.flatMap((page) => page.items);
    const known = shown.some((item) => item.id === message.id);
    if (!known && shown.some((item) => item.parent_id === message.parent_id)) return data;
    const pages = data.pages.map((page, i) => {
      if (known) return { ...page, items: page.items.map((item) => (item.id === message.id ? { ...message, siblings: later(item.siblings, message.siblings) } : item)) };
      return i === 0 ? { ...page, items: [...page.items, message] } : page;
    });
    return { ...data, pages };
  });
}
