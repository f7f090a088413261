/** Backups: their routes as typed functions, and what the page reads of them as a query. */
import { queryOptions } from '@tanstack/react-query';
import type { components } from '@/api/generated';
import { address, call } from '@/api/http';

type Schemas = components['schemas'];

export type Backup = Schemas['BackupView'];
export type BackupWork = Schemas['BackupWork'];

const WATCH_MS = 700;
const at = (id: string): string => `/backups/${encodeURIComponent(id)}`;

export const backups = {
  make: (keepDays: number | null) => call<BackupWork>('/backups', { method: 'POST', json: { keep_days: keepDays, verify: true } }),
  verify: (id: string) => call<BackupWork>(`${at(id)}/verify`, { method: 'POST' }),
  keep: (id: string, days: number) => call<Backup>(at(id), { method: 'PATCH', json: { keep_days: days } }),
  remove: (id: string) => call<void>(at(id), { method: 'DELETE' }),
  address: (id: string) => address(`${at(id)}/content`),
};

/** Whether work is still to be done. */
export function isUnderWay(work: BackupWork): boolean {
  return work.state === 'queued' || work.state === 'running';
}

export const backupsQuery = queryOptions({
  queryKey: ['backups'],
  queryFn: () => call<Schemas['BackupList']>('/backups'),
  staleTime: 0,
  refetchInterval: (query) => (query.state.data?.work.some(isUnderWay) ? WATCH_MS : false),
});
