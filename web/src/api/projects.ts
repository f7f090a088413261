/** The routes of projects as typed functions with their queries. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { components } from '@/api/generated';
import { call } from '@/api/http';
import { queryClient } from '@/api/queries';
import type { ConversationPage } from '@/api/types';

type Schemas = components['schemas'];

export type Project = Schemas['ProjectView'];
export type ProjectDetail = Schemas['ProjectFull'];
export type ProjectChange = Partial<Schemas['ProjectChange']>;
export type ProjectCreate = Partial<Schemas['ProjectCreate']> & Pick<Schemas['ProjectCreate'], 'name'>;
export type Contents = Partial<Schemas['ProjectContents']>;
export type Moved = Schemas['ProjectMoved'];
export type Removed = Schemas['ProjectRemoved'];
export type ProjectFile = ProjectDetail['files'][number];
export type NamedAssistant = ProjectDetail['assistants'][number];

const at = (id: string): string => `/projects/${encodeURIComponent(id)}`;

/** Where a project's page is. */
export const projectHref = (id: string): string => `/projects/${encodeURIComponent(id)}`;

/** All of them: there are few, and each place that offers them offers all. */
async function everyProject(deleted: boolean): Promise<Project[]> {
  const found: Project[] = [];
  let cursor: string | null = null;
  do {
    const page: Schemas['ProjectList'] = await call('/projects', { query: { limit: 200, cursor, deleted } });
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

export const projectsQuery = queryOptions({ queryKey: ['projects', 'live'], queryFn: () => everyProject(false) });
export const deletedProjectsQuery = queryOptions({ queryKey: ['projects', 'deleted'], queryFn: () => everyProject(true), staleTime: 0 });

export const projectQuery = (id: string) => queryOptions({ queryKey: ['project', id], queryFn: () => call<ProjectDetail>(at(id)) });

export const projectConversationsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['conversations', 'project', id],
    queryFn: ({ pageParam }) => call<ConversationPage>('/conversations', { query: { limit: 40, cursor: pageParam, project: id } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** The assistants a project can have; a name is all that is shown of each. */
export const assistantNamesQuery = queryOptions({
  queryKey: ['assistants', 'names'],
  queryFn: () => call<{ items: NamedAssistant[] }>('/assistants', { query: { limit: 200 } }),
});

/** Reads again what shows projects or what is in them. */
export async function refreshProjects(): Promise<void> {
  const keys = ['projects', 'project', 'conversations', 'conversation'];
  await Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}

export const projects = {
  create: (json: ProjectCreate) => call<ProjectDetail>('/projects', { method: 'POST', json }),
  change: (id: string, json: ProjectChange) => call<ProjectDetail>(at(id), { method: 'PATCH', json }),
  remove: (id: string, conversations: 'keep' | 'delete') => call<Removed>(at(id), { method: 'DELETE', query: { conversations } }),
  purge: (id: string) => call<Removed>(at(id), { method: 'DELETE', query: { purge: true } }),
  restore: (id: string) => call<ProjectDetail>(`${at(id)}/restore`, { method: 'POST' }),
  put: (id: string, json: Contents) => call<Moved>(`${at(id)}/contents`, { method: 'POST', json }),
  takeOut: (id: string, json: Contents) => call<Moved>(`${at(id)}/contents/remove`, { method: 'POST', json }),
};
