/** Roles, profiles, configuration and privacy: their routes as typed functions, and what the page reads of them as queries. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { models } from '@/api/client';
import type { components } from '@/api/generated';
import { address, ApiError, call } from '@/api/http';
import { queryClient } from '@/api/queries';

type Schemas = components['schemas'];

export type Role = Schemas['RoleView'];
export type RoleExplanation = Schemas['RoleExplanation'];
export type Considered = Schemas['ConsideredView'];
export type Notice = Schemas['NoticeView'];
export type Profile = Schemas['ProfileView'];
export type RemovedProfile = Schemas['RemovedProfile'];
export type ProfileDetail = Schemas['ProfileDetail'];
export type ProfileCreate = Schemas['ProfileCreate'];
export type ProfileImport = Schemas['ProfileImport'];
export type ProfileOwner = Profile['owner'];
export type Keeper = NonNullable<ProfileCreate['owner']>;
export type Problem = Schemas['ProblemView'];
export type Validation = Schemas['Validation'];
export type UpgradeStep = Schemas['UpgradeStep'];
export type TextFormat = NonNullable<Schemas['TextValidate']['format']>;
export type ConfigurationFile = Schemas['ConfigurationFile'];
export type ConfigurationFileText = Schemas['ConfigurationFileText'];
export type Explanation = Schemas['ExplanationView'];
export type LevelValue = Schemas['LevelValue'];
export type PolicyMode = Schemas['PolicyView']['mode'];
export type Consent = Schemas['ConsentView'];
export type Egress = Schemas['EgressView'];
/** What of the log is wanted, by the server's own names; what is not said is not asked for. */
export type EgressWanted = Partial<Record<'data_class' | 'endpoint' | 'host' | 'person' | 'mode' | 'decision' | 'since' | 'until', string>>;

export type Verdict = Schemas['VerdictView'];

/** The file the page writes a person's wishes to. */
export const USER_FILE = 'user_models.json';

/** The header by which a write replaces exactly the content that was read; null where there was none. */
function ifMatch(etag: string | null): Record<string, string> {
  return etag === null ? {} : { 'If-Match': `"${etag}"` };
}

const file = (name: string): string => `/config/files/${encodeURIComponent(name)}`;
const profile = (id: string): string => `/profiles/${encodeURIComponent(id)}`;

export const configuration = {
  show: () => call<Schemas['ConfigurationView']>('/config'),
  read: (name: string) => call<ConfigurationFileText>(file(name)),
  write: (name: string, text: string, etag: string | null) =>
    call<ConfigurationFile>(file(name), { method: 'PUT', json: { text }, headers: ifMatch(etag) }),
  validate: (text: string, format: TextFormat) =>
    call<Validation>('/config/validate', { method: 'POST', json: { text, format } }),
  explain: (key: string) => call<Explanation>('/config/explain', { query: { key } }),
};

export type Own = Schemas['OwnView'];

/** What a person says for themselves, over what is configured. */
export const own = {
  change: (summaries: boolean | null) => call<Own>('/config/own', { method: 'PUT', json: { summaries } }),
};

export const profiles = {
  list: () => call<Schemas['ProfileList']>('/profiles'),
  get: (id: string) => call<ProfileDetail>(profile(id)),
  create: (wanted: ProfileCreate) => call<ProfileDetail>('/profiles', { method: 'POST', json: wanted }),
  copy: (id: string, name: string, owner: Keeper) =>
    call<ProfileDetail>(`${profile(id)}/copy`, { method: 'POST', json: { name, owner } }),
  import: (wanted: ProfileImport) => call<ProfileDetail>('/profiles/import', { method: 'POST', json: wanted }),
  write: (id: string, text: string, etag: string | null) =>
    call<ProfileDetail>(profile(id), { method: 'PUT', json: { text }, headers: ifMatch(etag) }),
  remove: (id: string) => call<void>(profile(id), { method: 'DELETE' }),
  purge: (id: string) => call<void>(profile(id), { method: 'DELETE', query: { purge: true } }),
  restore: (id: string) => call<ProfileDetail>(`${profile(id)}/restore`, { method: 'POST' }),
  activate: (id: string) => call<ProfileDetail>(`${profile(id)}/activate`, { method: 'POST' }),
  deactivate: (id: string) => call<ProfileDetail>(`${profile(id)}/deactivate`, { method: 'POST' }),
  validate: (text: string) =>
    call<Validation>('/profiles/validate', { method: 'POST', json: { text, format: 'json' } }),
  exportAddress: (id: string) => address(`${profile(id)}/export`),
};

export const privacy = {
  policy: () => call<Schemas['PolicyView']>('/privacy/policy'),
  change: (mode: PolicyMode) => call<Schemas['PolicyView']>('/privacy/policy', { method: 'PUT', json: { mode } }),
  consents: () => call<Schemas['ConsentList']>('/privacy/consents'),
  consent: (endpoint: string) =>
    call<Schemas['ConsentList']>('/privacy/consents', { method: 'POST', json: { endpoint } }),
  withdraw: (endpoint: string) =>
    call<void>(`/privacy/consents/${encodeURIComponent(endpoint)}`, { method: 'DELETE' }),
  egress: (cursor: string | null, wanted: EgressWanted) =>
    call<Schemas['EgressList']>('/privacy/egress', { query: { ...wanted, limit: 25, cursor } }),
  egressValues: () => call<Schemas['EgressValues']>('/privacy/egress/values'),
};

const notice = (id: string): string => `/notifications/${encodeURIComponent(id)}`;

export const notices = {
  dismiss: (id: string) => call<Notice>(`${notice(id)}/dismiss`, { method: 'POST' }),
  restore: (id: string) => call<Notice>(`${notice(id)}/restore`, { method: 'POST' }),
};

/** Whether a question would go to the strong model of a role; nothing of it is kept or counted. */
export const weigh = (role: string, question: string) =>
  call<Verdict>(`/roles/${encodeURIComponent(role)}/difficulty`, { method: 'POST', json: { question } });

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: () => call<Schemas['RoleList']>('/roles'),
  staleTime: 0,
});

export const roleQuery = (role: string) =>
  queryOptions({
    queryKey: ['role', role],
    queryFn: () => call<RoleExplanation>(`/roles/${encodeURIComponent(role)}`),
    staleTime: 0,
  });

export const noticesQuery = queryOptions({
  queryKey: ['notices'],
  queryFn: () => call<Schemas['NoticeList']>('/notifications'),
});

export const configurationQuery = queryOptions({ queryKey: ['config'], queryFn: configuration.show, staleTime: 0 });

export const ownQuery = queryOptions({ queryKey: ['config', 'own'], queryFn: () => call<Own>('/config/own'), staleTime: 0 });

export const fileQuery = (name: string) =>
  queryOptions({ queryKey: ['config', 'file', name], queryFn: () => configuration.read(name), staleTime: 0 });

/** What every level says of a key; null when no level knows it. */
export const explanationQuery = (key: string) =>
  queryOptions({
    queryKey: ['config', 'explain', key],
    queryFn: () => configuration.explain(key),
    staleTime: 0,
    enabled: key !== '',
  });

export const profilesQuery = queryOptions({ queryKey: ['profiles'], queryFn: profiles.list, staleTime: 0 });

export const removedProfilesQuery = queryOptions({
  queryKey: ['profiles', 'removed'],
  queryFn: () => call<Schemas['RemovedProfileList']>('/trash/profiles'),
  staleTime: 0,
});

export const profileQuery = (id: string) =>
  queryOptions({ queryKey: ['profile', id], queryFn: () => profiles.get(id), staleTime: 0 });

export const policyQuery = queryOptions({ queryKey: ['privacy', 'policy'], queryFn: privacy.policy });
export const consentsQuery = queryOptions({ queryKey: ['privacy', 'consents'], queryFn: privacy.consents, staleTime: 0 });
/** What the log of what left can be narrowed to. */
export const egressValuesQuery = queryOptions({ queryKey: ['privacy', 'egress', 'values'], queryFn: privacy.egressValues, staleTime: 0 });
/** The log of what left, as far as it is wanted. */
export const egressQuery = (wanted: EgressWanted) =>
  infiniteQueryOptions({
    queryKey: ['privacy', 'egress', wanted],
    queryFn: ({ pageParam }) => privacy.egress(pageParam, wanted),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });

/** Reads again all that a change of configuration may have changed. */
export async function refreshBroker(): Promise<void> {
  const keys = [['config'], ['profiles'], ['profile'], ['roles'], ['role'], ['notices']];
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}

/** Lets every role be filled anew. */
export async function chooseAnew(): Promise<void> {
  await models.refresh();
  await refreshBroker();
}

/** Whether a write was refused because the content is another one meanwhile. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'config.changed';
}

/** The addresses of which one has to be said, where a name alone means none of several; none for other errors. */
export function candidatesIn(error: unknown): string[] {
  const found = error instanceof ApiError && error.code === 'profile.ambiguous' ? error.details.candidates : null;
  return Array.isArray(found) ? (found as string[]) : [];
}

/** The problems of a text that an error tells of; none for other errors. */
export function problemsIn(error: unknown): Problem[] {
  const found = error instanceof ApiError ? error.details.problems : null;
  return Array.isArray(found) ? (found as Problem[]) : [];
}
