/** Assistants: their routes as typed functions, and what the page reads of them as queries. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { components } from '@/api/generated';
import { call } from '@/api/http';
import { queryClient } from '@/api/queries';
import { writeSaved } from '@/lib/saved';

type Schemas = components['schemas'];

export type AssistantItem = Schemas['AssistantItem'];
export type AssistantCard = Schemas['AssistantCard'];
export type AssistantFull = Schemas['AssistantFull'];
export type AssistantChat = Schemas['ChatView'];
export type AssistantCreate = Partial<Schemas['AssistantCreate']> & { name: string };
export type Status = AssistantItem['status'];
export type Starter = Schemas['StarterView'];
export type Effect = Schemas['EffectView'];
export type Version = Schemas['VersionView'];
export type Difference = Schemas['DifferenceView'];
export type Preview = Schemas['PreviewView'];
export type PromptVersion = Schemas['PromptVersionView'];
export type Named = Schemas['NamedView'];
export type Figure = Schemas['MeasureView'];

export const FACETS = ['identity', 'configuration', 'capabilities', 'growth', 'quality', 'display'] as const;
export type Facet = (typeof FACETS)[number];
/** What is changed and locked as one: a facet, or the slim core. */
export type Part = Facet | 'core';

/** Which assistants a list shows. */
export interface Wanted {
  status?: Status | undefined;
  only?: 'featured' | undefined;
  q?: string | undefined;
  deleted?: boolean;
}

type Body = Record<string, unknown>;

const at = (id: string): string => `/assistants/${encodeURIComponent(id)}`;

/** The flag by which this browser knows, without asking, that there is somebody to choose. */
export const KNOWN = 'assistants.any';

async function page<T>(view: 'list' | 'card', wanted: Wanted, cursor: string | null, limit: number): Promise<{ items: T[]; next_cursor: string | null }> {
  const found = await call<{ items: T[]; next_cursor: string | null }>('/assistants', { query: { ...wanted, view, limit, cursor } });
  if (found.items.length > 0 && !wanted.deleted) writeSaved(KNOWN, true);
  return found;
}

export const assistants = {
  create: (wanted: AssistantCreate) => call<AssistantFull>('/assistants', { method: 'POST', json: wanted }),
  begin: (slugs: string[] | null) => call<{ items: AssistantCard[] }>('/assistants/starters', { method: 'POST', json: { slugs } }),
  change: (id: string, part: Part, body: Body) =>
    call<Body>(part === 'core' ? at(id) : `${at(id)}/${part}`, { method: 'PATCH', json: body }),
  write: (id: string, text: string, note: string | null, version: number) =>
    call<Body>(`${at(id)}/prompt`, { method: 'PUT', json: { text, note, version } }),
  preview: (id: string, body: Body) => call<Preview>(`${at(id)}/preview`, { method: 'POST', json: body }),
  clone: (id: string, body: Body) => call<AssistantFull>(`${at(id)}/clone`, { method: 'POST', json: body }),
  spawn: (id: string, body: Body) => call<AssistantFull>(`${at(id)}/spawn`, { method: 'POST', json: body }),
  trash: (id: string) => call<void>(at(id), { method: 'DELETE' }),
  purge: (id: string) => call<void>(at(id), { method: 'DELETE', query: { purge: true } }),
  restore: (id: string) => call<AssistantFull>(`${at(id)}/restore`, { method: 'POST' }),
  bringBack: (id: string, number: number, facets: string[] | null) =>
    call<AssistantFull>(`${at(id)}/versions/${number}/restore`, { method: 'POST', json: { facets } }),
};

/** Reads everything about assistants again that is on the page. */
export async function refreshAssistants(): Promise<void> {
  await Promise.all(['assistants', 'assistant'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}

const CARDS = 40;

export const cardsQuery = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['assistants', 'cards', wanted],
    queryFn: ({ pageParam }) => page<AssistantCard>('card', wanted, pageParam, CARDS),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 0,
  });

const MOST_CHOICES = 200;

/** Those to choose from in menus: in use, changed last first. */
export const choicesQuery = queryOptions({
  queryKey: ['assistants', 'choices'],
  queryFn: () => page<AssistantItem>('list', { status: 'active' }, null, MOST_CHOICES),
  staleTime: 0,
});

export const removedQuery = queryOptions({
  queryKey: ['assistants', 'removed'],
  queryFn: () => page<AssistantItem>('list', { deleted: true }, null, MOST_CHOICES),
  staleTime: 0,
});

export const startersQuery = queryOptions({
  queryKey: ['assistants', 'starters'],
  queryFn: () => call<{ items: Starter[] }>('/assistants/starters'),
  staleTime: 0,
});

export const assistantQuery = (id: string) =>
  queryOptions({ queryKey: ['assistant', id], queryFn: () => call<AssistantFull>(at(id), { query: { view: 'full' } }), staleTime: 0 });

/** How one answers; for who chats with it. */
export const answeringQuery = (id: string) =>
  queryOptions({ queryKey: ['assistant', id, 'chat'], queryFn: () => call<AssistantChat>(at(id), { query: { view: 'chat' } }), retry: false });

/** What is measured of one, as it is now, each figure with its method. */
export const figuresQuery = (id: string) =>
  queryOptions({ queryKey: ['assistant', id, 'measures'], queryFn: () => call<Schemas['MeasureList']>(`${at(id)}/measures`), staleTime: 0 });

/** The table of effects is part of the program. */
export const effectsQuery = queryOptions({
  queryKey: ['effects'],
  queryFn: () => call<{ items: Effect[] }>('/assistants/effects'),
  staleTime: Infinity,
});

export const versionsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['assistant', id, 'versions'],
    queryFn: ({ pageParam }) =>
      call<{ items: Version[]; next_cursor: string | null }>(`${at(id)}/versions`, { query: { limit: 30, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 0,
  });

/** What is different between two versions: they never change. */
export const differenceQuery = (id: string, before: number, after: number) =>
  queryOptions({
    queryKey: ['difference', id, before, after],
    queryFn: () => call<{ items: Difference[] }>(`${at(id)}/versions/diff`, { query: { before, after } }),
    staleTime: Infinity,
  });

export const promptVersionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: ['prompt', id, number],
    queryFn: () => call<PromptVersion>(`/prompts/${encodeURIComponent(id)}/versions/${number}`),
    staleTime: Infinity,
  });

export const previewQuery = (id: string, revision: number, body: Body) =>
  queryOptions({
    queryKey: ['assistant', id, 'preview', revision, body],
    queryFn: () => assistants.preview(id, body),
    retry: false,
    gcTime: 10_000,
  });
