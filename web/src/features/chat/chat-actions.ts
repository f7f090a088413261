/** What can be done in a conversation, for the palette. */
import { useQuery } from '@tanstack/react-query';
import { choicesQuery } from '@/api/assistants';
import type { Message } from '@/api/types';
import { textOf } from '@/features/chat/answer-actions';
import { continueAnswer, forkFrom, rate, regenerate } from '@/features/chat/branches';
import { changeConfig, changeMode, changeWaiting, useMode, useModelChoice, useWaiting } from '@/features/chat/choices';
import { inspectorOpen } from '@/features/chat/panels';
import { t } from '@/i18n/t';
import { useActions, type Action } from '@/lib/actions';
import { copyText } from '@/lib/clipboard';
import { EXPORT_FORMATS } from '@/api/formats';
import { exportAs } from '@/lib/exporting';

/** Offers the actions of the open conversation and of its last answer. */
export function useChatActions(conversationId: string | null, draftKey: string, last: Message | null): void {
  const { models } = useModelChoice(conversationId);
  const mode = useMode(draftKey);
  const waiting = useWaiting();
  const assistants = useQuery({ ...choicesQuery, enabled: false }).data?.items;
  useActions(
    () => [...answerActions(last), ...conversationActions(conversationId)],
    [conversationId, last],
  );
  useActions(() => {
    const group = t('group.answer');
    const raw = mode === 'raw';
    return [
      { id: 'attach', title: t('attach.pick'), group, run: () => document.querySelector<HTMLInputElement>('[data-testid=file-input]')?.click() },
      { id: 'model', title: t('action.chooseModel'), group, run: () => document.querySelector<HTMLElement>('[data-testid=model-menu]')?.click() },
      { id: 'model.automatic', title: t('action.useModel', { model: t('model.automatic') }), group, run: () => void changeConfig(conversationId, { model: null }) },
      ...models
        .filter((model) => model.available)
        .map((model) => ({
          id: `model.${model.ref}`,
          title: t('action.useModel', { model: model.provider === 'builtin' ? t('model.builtin') : model.name }),
          group,
          run: () => void changeConfig(conversationId, { model: model.ref }),
        })),
      { id: 'assistant', title: t('action.chooseAssistant'), group, run: () => document.querySelector<HTMLElement>('[data-testid=assistant-menu]')?.click() },
      { id: 'assistant.none', title: t('assistant.without'), group, run: () => void changeConfig(conversationId, { assistant_id: null }) },
      ...(assistants ?? []).map((one) => ({
        id: `assistant.${one.id}`,
        title: t('action.useAssistant', { name: one.name }),
        group,
        run: () => void changeConfig(conversationId, { assistant_id: conversationId === null ? one.slug : one.id }),
      })),
      { id: 'raw', title: t(raw ? 'action.chatMode' : 'action.rawMode'), group, run: () => changeMode(draftKey, raw ? 'chat' : 'raw') },
      { id: 'wait', title: t(waiting ? 'action.noWait' : 'model.wait'), group, run: () => changeWaiting(!waiting) },
    ];
  }, [conversationId, draftKey, models, mode, waiting, assistants]);
}

function answerActions(last: Message | null): Action[] {
  if (!last) return [];
  const group = t('group.answer');
  const unfinished = last.state === 'interrupted' || last.state === 'cancelled';
  const all: Action[] = [
    { id: 'copy', title: t('action.copyLast'), group, run: () => void copyText(textOf(last)) },
    { id: 'again', title: t('answer.again'), group, run: () => void regenerate(last) },
    { id: 'good', title: t('answer.good'), group, run: () => void rate(last, 1) },
    { id: 'bad', title: t('answer.bad'), group, run: () => void rate(last, -1) },
    { id: 'fork', title: t('answer.fork'), group, run: () => void forkFrom(last) },
  ];
  return unfinished ? [...all, { id: 'continue', title: t('answer.continue'), group, run: () => void continueAnswer(last) }] : all;
}

function conversationActions(conversationId: string | null): Action[] {
  const group = t('group.conversation');
  const settings = { id: 'inspector', title: t('inspector.toggle'), group, run: () => inspectorOpen.set((open) => !open) };
  if (conversationId === null) return [settings];
  const exports = EXPORT_FORMATS.map((format) => ({
    id: `export.${format}`,
    title: t('export.as', { format: t(`export.${format}`) }),
    group,
    run: () => void exportAs(conversationId, format),
  }));
  return [settings, ...exports];
}
