/** What the person said: on its way, waiting in the queue, or in the record. */
import { useQuery } from '@tanstack/react-query';
import { memo, type ReactNode } from 'react';
import * as client from '@/api/client';
import { messageQuery, queryClient } from '@/api/queries';
import type { FilePart, Message } from '@/api/types';
import { Agree } from '@/features/chat/agree';
import { Branches, CopyMessage, textOf } from '@/features/chat/answer-actions';
import { NEW, readDraft, writeDraft } from '@/features/chat/drafts';
import { endEdit, useEdit, writeEdit } from '@/features/chat/edits';
import { stop } from '@/features/chat/live';
import { discard, retry, type Outgoing } from '@/features/chat/outbox';
import { Attached } from '@/features/chat/parts';
import { t } from '@/i18n/t';
import { problem } from '@/lib/toasts';
import { Button, IconButton } from '@/ui/button';
import { INPUT } from '@/ui/field';

interface BubbleProps {
  message: Message | null;
  outgoing: Outgoing | null;
  /** The message waits for its turn or for a model: it can still be changed. */
  waitingRun: string | null;
  onEdit: (message: Message, text: string) => void;
}

export const Bubble = memo(function Bubble({ message, outgoing, waitingRun, onEdit }: BubbleProps): ReactNode {
  const edit = useEdit(message?.id);
  const text = message ? textOf(message) : (outgoing?.text ?? '');
  const save = (next: string): void => {
    if (!message) return;
    endEdit(message.id);
    if (next === text) return;
    if (waitingRun) void changeWaiting(message, next);
    else onEdit(message, next);
  };
  return (
    <article
      id={message ? `m-${message.id}` : undefined}
      data-testid="user-message"
      data-message-id={message?.id}
      data-state={outgoing?.status ?? (waitingRun ? 'waiting' : 'sent')}
      className="row group/answer flex flex-col items-end"
    >
      <h2 className="sr-only">{t('you.heading')}</h2>
      {message?.parts.map((part, i) =>
        part.type === 'image' || part.type === 'file' ? <div key={i} className="mb-2 max-w-full"><Attached file={part} /></div> : null,
      )}
      {outgoing?.files.map((file) => <div key={file.id} className="mb-2 max-w-full"><Attached file={asPart(file)} /></div>)}
      {message && edit !== null ? (
        <EditBox
          value={edit}
          waiting={waitingRun !== null}
          onChange={(next) => writeEdit(message.id, next)}
          onSave={save}
          onCancel={() => endEdit(message.id)}
        />
      ) : (
        <p className={`max-w-[min(38rem,92%)] rounded-2xl rounded-br-md bg-bubble px-4 py-2.5 leading-relaxed [overflow-wrap:anywhere] whitespace-pre-wrap ${text === '' ? 'hidden' : ''}`}>
          {text}
        </p>
      )}
      {outgoing && <Delivery outgoing={outgoing} />}
      {message && edit === null && <BubbleActions message={message} waitingRun={waitingRun} onEdit={() => writeEdit(message.id, text)} />}
    </article>
  );
});

function asPart(file: { id: string; name: string; media_type: string; size: number }): FilePart {
  const type = file.media_type.startsWith('image/') ? 'image' : 'file';
  return { type, file_id: file.id, name: file.name, media_type: file.media_type, size: file.size };
}

function BubbleActions({ message, waitingRun, onEdit }: { message: Message; waitingRun: string | null; onEdit: () => void }): ReactNode {
  const hidden = waitingRun || message.siblings.count > 1 ? '' : 'opacity-0';
  return (
    <div className={`mt-1 flex items-center transition-opacity group-focus-within/answer:opacity-100 group-hover/answer:opacity-100 coarse:opacity-100 ${hidden}`}>
      <Branches message={message} />
      <CopyMessage message={message} />
      <IconButton icon="edit" label={waitingRun ? t('queued.edit') : t('message.edit')} onClick={onEdit} />
      {waitingRun && (
        <Button look="quiet" icon="close" className="min-h-8 px-2" onClick={() => void stop(waitingRun).catch(problem)}>
          {t('queued.cancel')}
        </Button>
      )}
    </div>
  );
}

async function changeWaiting(message: Message, text: string): Promise<void> {
  try {
    const changed = await client.messages.change(message.id, text);
    queryClient.setQueryData(messageQuery(message.id).queryKey, changed);
    await queryClient.invalidateQueries({ queryKey: ['messages', message.conversation_id] });
  } catch (error) {
    problem(error);
  }
}

interface EditBoxProps {
  value: string;
  waiting: boolean;
  onChange: (text: string) => void;
  onSave: (text: string) => void;
  onCancel: () => void;
}

function EditBox({ value, waiting, onChange, onSave, onCancel }: EditBoxProps): ReactNode {
  return (
    <form
      className="grid w-full max-w-[38rem] gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim() !== '') onSave(value);
      }}
    >
      <textarea
        aria-label={t('edit.label')}
        // Opened by the person's own click.
        autoFocus
        className={`${INPUT} field-sizing-content max-h-80 min-h-24 resize-none leading-relaxed`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            onCancel();
          }
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      <div className="flex items-center justify-end gap-2">
        <p className="mr-auto text-[0.8125rem] text-muted">{waiting ? t('edit.waitingHint') : t('edit.hint')}</p>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button look="primary" type="submit">{waiting ? t('save') : t('edit.send')}</Button>
      </div>
    </form>
  );
}

/** How an outgoing message fares; a failed one keeps its text. */
function Delivery({ outgoing }: { outgoing: Outgoing }): ReactNode {
  const writeAgain = (): void => {
    const taken = discard(outgoing.key);
    const key = outgoing.conversationId ?? NEW;
    const before = readDraft(key);
    if (taken) writeDraft(key, { text: [taken.text, before.text].filter(Boolean).join('\n\n'), files: [...taken.files, ...before.files] });
  };
  if (outgoing.status === 'sending') return <p className="mt-1 text-[0.8125rem] text-muted">{t('send.sending')}</p>;
  const failed = outgoing.status === 'failed';
  return (
    <div className="mt-1.5 flex flex-wrap items-center justify-end gap-2 text-sm" data-testid="delivery">
      <p role="note" className={failed ? 'text-danger' : 'text-muted'}>
        {failed ? t('send.failed', { reason: outgoing.error ?? '' }) : t('send.offline')}
      </p>
      {outgoing.denied && <Agree endpoint={outgoing.denied} onAgreed={() => retry(outgoing.key)} />}
      <Button icon="again" className="min-h-8 px-2.5" onClick={() => retry(outgoing.key)}>{t('retry')}</Button>
      <Button look="quiet" icon="edit" className="min-h-8 px-2.5" onClick={writeAgain}>{t('send.writeAgain')}</Button>
    </div>
  );
}

/** A message in the queue that the loaded part of the thread does not hold. */
export function QueuedBubble({ messageId, runId, onEdit }: { messageId: string; runId: string; onEdit: BubbleProps['onEdit'] }): ReactNode {
  const { data } = useQuery(messageQuery(messageId));
  return <Bubble message={data ?? null} outgoing={null} waitingRun={runId} onEdit={onEdit} />;
}
