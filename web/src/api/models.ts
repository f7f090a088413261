/** The routes of models, their servers and what may be sent there, as typed functions with their queries. */
import { queryOptions } from '@tanstack/react-query';
import * as client from '@/api/client';
import { call, send } from '@/api/http';
import { endpointsQuery, modelsQuery, queryClient } from '@/api/queries';
import type {
  Catalogue, ConfigurationFile, Consent, EndpointTest, Figure, LoadedModel, ModelFacts, Pull, PullRequest, Quantization, RoleExplanation, Swap,
} from '@/api/types';

interface Items<T> {
  items: T[];
}

export const figuresQuery = queryOptions({ queryKey: ['figures'], queryFn: () => call<Items<Figure>>('/models/figures') });
/** All that is known of one model; read again with the list of models. */
export const factsQuery = (ref: string) =>
  queryOptions({ queryKey: ['models', 'facts', ref], queryFn: () => call<ModelFacts>('/models/facts', { query: { ref } }), staleTime: 0 });
export const loadedQuery = queryOptions({ queryKey: ['loaded'], queryFn: () => call<Items<LoadedModel>>('/models/loaded') });
export const swapsQuery = queryOptions({ queryKey: ['swaps'], queryFn: () => call<Items<Swap>>('/models/swaps') });
export const consentsQuery = queryOptions({ queryKey: ['consents'], queryFn: () => call<Items<Consent>>('/privacy/consents') });

/** How a role is filled and what was considered for it. */
export const roleQuery = (role: string) =>
  queryOptions({ queryKey: ['roles', role], queryFn: () => call<RoleExplanation>(`/roles/${encodeURIComponent(role)}`) });

export const catalogueQuery = (context: number, quantization: Quantization | '') =>
  queryOptions({
    queryKey: ['catalogue', context, quantization],
    queryFn: () => call<Catalogue>('/models/catalogue', { query: { context, quantization: quantization || null } }),
    placeholderData: (before) => before,
  });

const ACTIVE_POLL_MS = 2000;

/** Pulls tell how far they are on the personal channel; while one is active they are asked as well. */
export const pullsQuery = queryOptions({
  queryKey: ['pulls'],
  queryFn: () => call<Items<Pull>>('/models/pulls'),
  staleTime: 0,
  refetchInterval: ({ state }) => (state.data?.items.some(isActive) ? ACTIVE_POLL_MS : false),
});

/** Whether the Ollama of this instance answers. */
export const ollamaQuery = queryOptions({
  queryKey: ['ollama'],
  queryFn: (): Promise<EndpointTest> => client.endpoints.test('ollama'),
  retry: false,
});

/** Whether a pull is still to be waited for. */
export function isActive(pull: Pull): boolean {
  return pull.state === 'queued' || pull.state === 'running';
}

const MODEL_QUERIES = [modelsQuery, figuresQuery, loadedQuery, swapsQuery, consentsQuery, endpointsQuery].map((query) => query.queryKey);

/** Reads again everything that a change of models or their servers touches. */
export async function refreshModels(): Promise<void> {
  const keys = [...MODEL_QUERIES, ['roles'], ['catalogue']];
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}

export const memory = {
  /** Loads it; `keep` is for how long it stays then, as Ollama says it, and as is usual where it is empty. */
  load: (ref: string, keep = '') => call<void>('/models/load', { method: 'POST', json: keep === '' ? { ref } : { ref, keep_alive: keep } }),
  unload: (ref: string) => call<void>('/models/unload', { method: 'POST', json: { ref } }),
};

/** Lets the model `to` answer in the place of a role or a model; `from` itself swaps back. */
export const swap = (from: string, to: string) => call<Swap>('/models/swap', { method: 'POST', json: { from, to } });

export const pulls = {
  start: (request: PullRequest) => call<Pull>('/models/pulls', { method: 'POST', json: request }),
  again: (id: string) => call<Pull>(`/models/pulls/${encodeURIComponent(id)}/again`, { method: 'POST' }),
  cancel: (id: string) => call<void>(`/models/pulls/${encodeURIComponent(id)}`, { method: 'DELETE' }),
};

export const consents = {
  give: (endpoint: string) => call<Consent>('/privacy/consents', { method: 'POST', json: { endpoint } }),
  withdraw: (endpoint: string) => call<void>(`/privacy/consents/${encodeURIComponent(endpoint)}`, { method: 'DELETE' }),
};

const OWN_FILE = '/config/files/user_models.json';

type Own = Record<string, unknown>;

/** Changes the person's own configuration file; what `change` does not touch stays. */
async function changeOwn(change: (before: Own) => Own): Promise<void> {
  const file = await call<ConfigurationFile>(OWN_FILE);
  const [wrong] = file.problems;
  if (wrong) throw new Error(`${OWN_FILE.slice(OWN_FILE.lastIndexOf('/') + 1)}: ${wrong.message}`);
  const before = file.exists && file.text.trim() !== '' ? (JSON.parse(file.text) as Own) : { version: 1 };
  const text = `${JSON.stringify(change(before), null, 2)}\n`;
  const headers: Record<string, string> = file.etag ? { 'If-Match': `"${file.etag}"` } : {};
  await send(OWN_FILE, { method: 'PUT', json: { text }, headers });
}

/** Writes that models may be swapped. */
export const allowSwaps = (): Promise<void> => changeOwn((before) => ({ ...before, hot_swap: true }));

/** Writes how many answers a server makes at once; null takes every limit back, also one of the settings. */
export const limitAnswers = (endpoint: string, most: number | null): Promise<void> =>
  changeOwn((before) => ({ ...before, most_at_once: { ...(before.most_at_once as Own | undefined), [endpoint]: most } }));
