/** How the next message is answered: model, mode and settings, per conversation. */
import { useQuery } from '@tanstack/react-query';
import * as client from '@/api/client';
import { answeringQuery, type AssistantChat } from '@/api/assistants';
import { ApiError } from '@/api/http';
import { roleQuery } from '@/api/models';
import { projectQuery } from '@/api/projects';
import { conversationQuery, modelsQuery, queryClient } from '@/api/queries';
import type { Conversation, ConversationConfig, Mode, Model } from '@/api/types';
import { underWay } from '@/features/chat/config-writes';
import { t } from '@/i18n/t';
import { go, here, usePlace, withSearch } from '@/lib/place';
import { readSaved, writeSaved } from '@/lib/saved';
import { createStore, useStore } from '@/lib/store';
import { problem } from '@/lib/toasts';

export type Config = Pick<ConversationConfig, 'assistant_id' | 'model' | 'system_prompt' | 'temperature'>;

const PLAIN: Config = { assistant_id: null, model: null, system_prompt: null, temperature: null };

/** Settings chosen on the empty page; its assistant is in the address. */
const newConfig = createStore<Config>(PLAIN);
const modes = createStore<Readonly<Record<string, Mode>>>(readSaved('modes', {}));

/** The settings of the conversation that is about to begin. */
export function freshConfig(): Config {
  return { ...newConfig.get(), assistant_id: here().search.assistant ?? null };
}

/** They are the conversation's from now on, no longer the empty page's. */
export function handOver(): void {
  newConfig.set(PLAIN);
}

/** The settings of a conversation, or those chosen for the next new one. */
export function useConfig(conversationId: string | null): Config {
  const fresh = useStore(newConfig);
  const { assistant } = usePlace().search;
  const query = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== null });
  return conversationId === null ? { ...fresh, assistant_id: assistant ?? null } : (query.data?.config ?? PLAIN);
}

/** Changes settings from the next message on. */
export async function changeConfig(conversationId: string | null, change: Partial<Config>): Promise<void> {
  if (conversationId === null) {
    const { assistant_id: assistant, ...rest } = change;
    newConfig.set((before) => ({ ...before, ...rest }));
    if (assistant !== undefined) go(withSearch('/', { project: here().search.project, assistant: assistant ?? undefined }), { replace: true });
    return;
  }
  const { queryKey } = conversationQuery(conversationId);
  // An answer on its way would show for a moment what was chosen before.
  void queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData<Conversation>(queryKey, (before) =>
    before ? { ...before, config: { ...before.config, ...change } } : before,
  );
  const write = (): Promise<Conversation> => client.conversations.change(conversationId, { config: change });
  try {
    await underWay(conversationId, write, (after) => queryClient.setQueryData(queryKey, after));
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
  /** What the next message goes to by name, also where that is a role or is not here. */
  named: string | null;
  chosen: boolean;
  reason: string | null;
  loaded: boolean;
  /** Only the built-in responder is there: search mode. */
  builtinOnly: boolean;
}

export interface Answering {
  /** By what the conversation names its assistant: an id, or on the empty page a slug; null where it has none. */
  reference: string | null;
  /** Null until it is read, and where it is not there. */
  assistant: AssistantChat | null;
  /** It is in the trash, or was deleted for ever. */
  gone: boolean;
}

/** The assistant that answers the next message. */
export function useAnswering(conversationId: string | null): Answering {
  const { assistant_id: reference } = useConfig(conversationId);
  const { data, error } = useQuery({ ...answeringQuery(reference ?? ''), enabled: reference !== null });
  const gone = reference !== null && error instanceof ApiError && error.status === 404;
  return { reference, assistant: reference === null || gone ? null : (data ?? null), gone };
}

/** The model that an assistant asks for, as far as it is here: by its reference, its name, or a role. */
function useModelOf(assistant: AssistantChat | null, models: readonly Model[]): string | null {
  const wanted = assistant?.model ?? null;
  const role = wanted?.startsWith('role:') && wanted !== 'role:chat' ? wanted.slice('role:'.length) : null;
  const { data } = useQuery({ ...roleQuery(role ?? ''), enabled: role !== null });
  if (role !== null) return data?.chosen ?? null;
  const named = models.filter((model) => model.ref === wanted || model.name === wanted);
  return (named.find((model) => model.ref === wanted) ?? (named.length === 1 ? named[0] : undefined))?.ref ?? null;
}

/** The model that answers the next message, and why. */
export function useModelChoice(conversationId: string | null): ModelChoice {
  const { data } = useQuery(modelsQuery);
  const config = useConfig(conversationId);
  const models = data?.items ?? [];
  const { assistant } = useAnswering(conversationId);
  const own = useModelOf(assistant, models);
  const begun = useProjectModel(conversationId);
  const ref = config.model ?? own ?? begun ?? data?.default?.ref ?? null;
  const current = models.find((model) => model.ref === ref) ?? null;
  return {
    models,
    current,
    named: ref,
    chosen: config.model !== null,
    reason: config.model !== null ? null : own && assistant ? t('model.ofAssistant', { name: assistant.name }) : (data?.default?.reason ?? null),
    loaded: data !== undefined,
    builtinOnly: data !== undefined && !models.some((model) => model.provider !== 'builtin' && model.available),
  };
}
