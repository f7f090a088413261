/** The export of everything: what it would hold now, and where it is saved from. */
import { queryOptions } from '@tanstack/react-query';
import type { components } from '@/api/generated';
import { address, call } from '@/api/http';

export type ExportContents = components['schemas']['ExportContents'];

export const exportAddress = (): string => address('/export');

export const contentsQuery = queryOptions({
  queryKey: ['export'],
  queryFn: () => call<ExportContents>('/export/contents'),
  staleTime: 0,
});
