/** The routes of imports as typed functions with their queries. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import * as client from '@/api/client';
import { call } from '@/api/http';
import { queryClient } from '@/api/queries';
import type { components } from '@/api/generated';
import type { ImportJob, ImportRequest, SkippedPage } from '@/api/types';

type Schemas = components['schemas'];

export type Column = Schemas['ColumnView'];
export type RollOutState = Schemas['RollOutView'];
export type Reader = Schemas['ReaderView'];

const ACTIVE_POLL_MS = 1000;

export const isOpen = (one: ImportJob): boolean => one.state === 'queued' || one.state === 'running' || one.state === 'undoing';

/** Imports tell on the personal channel that something changed; while one is being made they are asked as well. */
export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: () => call<{ items: ImportJob[] }>('/imports'),
  staleTime: 0,
  refetchInterval: ({ state }) => (state.data?.items.some(isOpen) ? ACTIVE_POLL_MS : false),
});

export const skippedQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['imports', id, 'skipped'],
    queryFn: ({ pageParam }) => call<SkippedPage>(`/imports/${encodeURIComponent(id)}/skipped`, { query: { limit: 50, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

const at = (id: string, what: string): string => `/imports/${encodeURIComponent(id)}/${what}`;

async function changed(what: Promise<ImportJob>): Promise<ImportJob> {
  const found = await what;
  await queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
  return found;
}

export const imports = {
  upload: client.importFile,
  start: (json: ImportRequest) => changed(call<ImportJob>('/imports', { method: 'POST', json })),
  undo: (id: string) => changed(call<ImportJob>(at(id, 'undo'), { method: 'POST' })),
  cancel: (id: string) => changed(call<ImportJob>(at(id, 'cancel'), { method: 'POST' })),
};

export const columnsQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id, 'fields'],
    queryFn: () => call<Schemas['ColumnList']>(`/imports/${encodeURIComponent(id)}/fields`),
  });

/** Who answers for the flat names of assistants. */
export const rollOutQuery = queryOptions({
  queryKey: ['rollout'],
  queryFn: () => call<RollOutState>('/assistants/rollout'),
  staleTime: 0,
});

async function rolled(what: Promise<RollOutState>): Promise<void> {
  queryClient.setQueryData(rollOutQuery.queryKey, await what);
}

export const rollOut = {
  set: (share: number, compare: boolean) => rolled(call<RollOutState>('/assistants/rollout', { method: 'PUT', json: { share, compare } })),
  check: () => rolled(call<RollOutState>('/assistants/rollout/check', { method: 'POST', json: { many: 100 } })),
};
