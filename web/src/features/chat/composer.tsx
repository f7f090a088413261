/** Where the person writes. Enter sends, Shift+Enter makes a line, files are pasted, dropped or picked. */
import { useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent, type ReactNode } from 'react';
import { AssistantMenu } from '@/features/chat/assistant-menu';
import { Attachments } from '@/features/chat/attachments';
import { useAnswering } from '@/features/chat/choices';
import { useDraft, writeDraft } from '@/features/chat/drafts';
import { ModelMenu } from '@/features/chat/model-menu';
import { attach, uploads } from '@/features/chat/uploads';
import { t } from '@/i18n/t';
import { useSelected } from '@/lib/store';
import { IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';

interface ComposerProps {
  draftKey: string;
  conversationId: string | null;
  running: boolean;
  /** Something the person should know before sending, or null. */
  warning: string | null;
  onSend: () => void;
  onStop: () => void;
}

export function Composer({ draftKey, conversationId, running, warning, onSend, onStop }: ComposerProps): ReactNode {
  const draft = useDraft(draftKey);
  const uploading = useSelected(uploads, (all) => all.some((one) => one.draft === draftKey));
  const [over, setOver] = useState(false);
  const { assistant } = useAnswering(conversationId);
  const empty = draft.text.trim() === '' && draft.files.length === 0;
  const send = (): void => {
    if (!empty && !uploading) onSend();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attach(draftKey, event.clipboardData.files);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    attach(draftKey, event.dataTransfer.files);
  };
  return (
    <form
      aria-label={t('composer.form')}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={`rounded-2xl border bg-surface shadow-raised transition-colors focus-within:border-accent ${over ? 'border-accent bg-accent-soft' : 'border-line'}`}
    >
      <Attachments draftKey={draftKey} files={draft.files} />
      {warning && <p role="note" data-testid="context-warning" className="mx-3 mt-3 mb-1 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">{warning}</p>}
      <textarea
        id="composer"
        data-testid="composer"
        aria-label={t('composer.label')}
        placeholder={over ? t('composer.drop') : assistant ? t('composer.to', { name: assistant.name }) : t('composer.placeholder')}
        rows={1}
        value={draft.text}
        onChange={(event) => writeDraft(draftKey, { ...draft, text: event.target.value })}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        className="field-sizing-content block max-h-[40dvh] min-h-13 w-full resize-none bg-transparent px-4 pt-3.5 pb-1.5 text-base leading-relaxed placeholder:text-muted focus-visible:outline-none"
      />
      <div className="flex items-center gap-1 px-2 pb-2">
        <PickFiles draftKey={draftKey} />
        <AssistantMenu conversationId={conversationId} />
        <ModelMenu conversationId={conversationId} draftKey={draftKey} />
        <span className="flex-1" />
        {running && <StopButton onStop={onStop} />}
        {(!running || !empty) && <SendButton disabled={empty || uploading} running={running} />}
      </div>
    </form>
  );
}

function PickFiles({ draftKey }: { draftKey: string }): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton icon="clip" label={t('attach.pick')} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        onChange={(event) => {
          attach(draftKey, [...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

const ROUND = 'inline-flex size-9 shrink-0 items-center justify-center rounded-full transition-colors coarse:size-10';

function StopButton({ onStop }: { onStop: () => void }): ReactNode {
  return (
    <button type="button" aria-label={t('stop')} title={t('stop.title')} data-testid="stop" onClick={onStop} className={`${ROUND} bg-ink text-paper hover:opacity-85`}>
      <Icon name="stop" size={20} />
    </button>
  );
}

function SendButton({ disabled, running }: { disabled: boolean; running: boolean }): ReactNode {
  const label = running ? t('send.queue') : t('send');
  return (
    <button type="submit" aria-label={label} title={label} data-testid="send" disabled={disabled} className={`${ROUND} bg-accent text-on-accent hover:bg-accent-strong disabled:bg-hover disabled:text-muted`}>
      <Icon name="send" size={20} />
    </button>
  );
}
