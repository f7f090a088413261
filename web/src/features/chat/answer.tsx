/** An answer: being written or finished, the same element from the first token on. */
import { memo, type ReactNode } from 'react';
import type { Message } from '@/api/types';
import { Agree } from '@/features/chat/agree';
import { useAnswerer } from '@/features/chat/answerer';
import { AnswerActions } from '@/features/chat/answer-actions';
import { regenerate } from '@/features/chat/branches';
import { useConfig } from '@/features/chat/choices';
import { InfoLine } from '@/features/chat/info-line';
import { Instead, stoodInFor } from '@/features/chat/instead';
import { stoppedParts, useLive } from '@/features/chat/live';
import { Parts, type ShownPart } from '@/features/chat/parts';
import { PhaseLine } from '@/features/chat/phase';
import { refusals } from '@/features/chat/refusals';
import { t } from '@/i18n/t';
import { useSelected } from '@/lib/store';
import { isSettled, type StreamPart } from '@/lib/stream';
import { Button } from '@/ui/button';

interface AnswerProps {
  message: Message | null;
  runId: string | null;
}

export const Answer = memo(function Answer({ message, runId }: AnswerProps): ReactNode {
  const live = useLive(runId, (state) => state);
  const id = message?.id ?? live?.messageId ?? '';
  const model = live?.model ?? message?.model ?? null;
  const parts = live ? shownParts(live.parts, !isSettled(live)) : storedParts(message);
  const answerer = useAnswerer(message);
  const writing = live !== null && !isSettled(live);
  const passed = live?.stoodInFor ?? stoodInFor(message);
  return (
    <article
      id={`m-${id}`}
      data-testid="answer"
      data-message-id={id}
      data-state={writing ? 'writing' : (message?.state ?? live?.status ?? 'complete')}
      aria-busy={writing}
      className="row"
    >
      <h2 className="sr-only">{(answerer ?? model) ? t('answer.headingModel', { model: answerer ?? model ?? '' }) : t('answer.heading')}</h2>
      {passed && <Instead wanted={passed} model={model} reason={live?.modelReason ?? message?.model_reason ?? null} />}
      <Parts parts={parts} />
      {writing && live && <PhaseLine state={live} empty={parts.every((part) => part.text === '')} />}
      {message && !writing && <Outcome message={message} />}
      {!writing && <NotAsked id={id} />}
      {message && !writing && (
        <footer className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1">
          <AnswerActions message={message} />
          <InfoLine message={message} />
        </footer>
      )}
    </article>
  );
});

function shownParts(parts: readonly StreamPart[], running: boolean): ShownPart[] {
  const last = parts.length - 1;
  return parts.map((part, i) => ({
    kind: part.kind,
    text: part.text,
    name: part.name,
    source: part.source,
    streaming: running && !part.done && i === last,
  }));
}

function storedParts(message: Message | null): ShownPart[] {
  const stopped = message && stoppedParts.get(message.id);
  if (stopped) return shownParts(stopped, false);
  return (message?.parts ?? []).map((part) => ({
    kind: part.type,
    text: part.type === 'text' || part.type === 'reasoning' ? part.text : '',
    name: 'name' in part ? part.name : null,
    source: part,
    streaming: false,
  }));
}

/** Says so where an answer did not end by itself. */
function Outcome({ message }: { message: Message }): ReactNode {
  if (message.state === 'complete') return null;
  if (message.state === 'failed') {
    return (
      <div className="mt-3 flex flex-wrap items-center justify-end gap-3 rounded-lg bg-danger-soft px-3.5 py-2.5">
        <p role="note" className="min-w-48 flex-1 text-sm text-danger [overflow-wrap:anywhere]">
          <strong className="font-semibold">{t('answer.failed')}</strong> {message.error?.message}
          {message.error && <span className="mt-1 block font-mono text-xs">{message.error.code}</span>}
        </p>
        {message.error?.code === 'egress.denied' && <Denied message={message} />}
        <Button icon="again" onClick={() => void regenerate(message)}>{t('retry')}</Button>
      </div>
    );
  }
  return <p className="mt-3 text-sm text-muted">{t(`answer.${message.state}`)}</p>;
}

/** Says why it was not asked again, and offers the way out. */
function NotAsked({ id }: { id: string }): ReactNode {
  const refusal = useSelected(refusals, (all) => all[id] ?? null);
  if (!refusal) return null;
  return (
    <div data-testid="not-asked" className="mt-3 flex flex-wrap items-center justify-end gap-3 rounded-lg bg-danger-soft px-3.5 py-2.5">
      <p role="note" className="min-w-48 flex-1 text-sm text-danger [overflow-wrap:anywhere]">{refusal.reason}</p>
      <Agree endpoint={refusal.endpoint} onAgreed={refusal.retry} />
      <Button icon="again" onClick={refusal.retry}>{t('retry')}</Button>
    </div>
  );
}

/** The server that was not asked is that of the model which the conversation is set to. */
function Denied({ message }: { message: Message }): ReactNode {
  const { model } = useConfig(message.conversation_id);
  const [endpoint] = (message.model ?? model ?? '').split('/');
  return endpoint ? <Agree endpoint={endpoint} onAgreed={() => void regenerate(message)} /> : null;
}
