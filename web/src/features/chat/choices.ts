/** How the next message is answered: model, mode and settings, per conversation. */
import { useQuery } from '@tanstack/react-query';
import * as client from '@/api/client';
import { projectQuery } from '@/api/projects';
import { conversationQuery, modelsQuery, queryClient } from '@/api/queries';
import type { Conversation, ConversationConfig, Mode, Model } from '@/api/types';
import { usePlace } from '@/lib/place';
import { readSaved, writeSaved } from '@/lib/saved';
import { createStore, useStore } from '@/lib/store';
import { problem } from '@/lib/toasts';

export type Config = Pick<ConversationConfig, 'model' | 'system_prompt' | 'temperature'>;

const PLAIN: Config = { model: null, system_prompt: null, temperature: null };

/** Settings chosen on the empty page. */
export const newConfig = createStore<Config>(PLAIN);
const modes = createStore<Readonly<Record<string, Mode>>>(readSaved('modes', {}));

/** The settings of a conversation, or those chosen for the next new one. */
export function useConfig(conversationId: string | null): Config {
  const fresh = useStore(newConfig);
  const query = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== null });
  return conversationId === null ? fresh : (query.data?.config ?? PLAIN);
}

/** Changes settings from the next message on. */
export async function changeConfig(conversationId: string | null, change: Partial<Config>): Promise<void> {
  if (conversationId === null) {
    newConfig.set((before) => ({ ...before, ...change }));
    return;
  }
  const { queryKey } = conversationQuery(conversationId);
  queryClient.setQueryData<Conversation>(queryKey, (before) =>
    before ? { ...before, config: { ...before.config, ...change } } : before,
  );
  try {
    queryClient.setQueryData(queryKey, await client.conversations.change(conversationId, { config: change }));
  } catch (error) {
    problem(error);
    void queryClient.invalidateQueries({ queryKey });
  }
}

/** Chat or Completion (raw) for the next message. */
export function useMode(key: string): Mode {
  return useStore(modes)[key] ?? 'chat';
}

export function changeMode(key: string, mode: Mode): void {
  modes.set((all) => ({ ...all, [key]: mode }));
  writeSaved('modes', modes.get());
}

const patient = createStore<boolean>(readSaved('wait', false));

/** Whether messages wait for a language model instead of being answered in search mode. */
export function useWaiting(): boolean {
  return useStore(patient);
}

export function changeWaiting(wait: boolean): void {
  patient.set(wait);
  writeSaved('wait', wait);
}

/** The model that a new conversation begins with because of the project it is made in, or null. */
function useProjectModel(conversationId: string | null): string | null {
  const { search } = usePlace();
  const id = conversationId === null ? search.project : undefined;
  return useQuery({ ...projectQuery(id ?? ''), enabled: id !== undefined }).data?.model ?? null;
}

export interface ModelChoice {
  models: readonly Model[];
  /** The model that answers next, or null while unknown or where none can. */
  current: Model | null;
  chosen: boolean;
  reason: string | null;
  loaded: boolean;
  /** Only the built-in responder is there: search mode. */
  builtinOnly: boolean;
}

/** The model that answers the next message, and why. */
export function useModelChoice(conversationId: string | null): ModelChoice {
  const { data } = useQuery(modelsQuery);
  const config = useConfig(conversationId);
  const models = data?.items ?? [];
  const begun = useProjectModel(conversationId);
  const ref = config.model ?? begun ?? data?.default?.ref ?? null;
  const current = models.find((model) => model.ref === ref) ?? null;
  return {
    models,
    current,
    chosen: config.model !== null,
    reason: config.model === null && begun === null ? (data?.default?.reason ?? null) : null,
    loaded: data !== undefined,
    builtinOnly: data !== undefined && !models.some((model) => model.provider !== 'builtin' && model.available),
  };
}
