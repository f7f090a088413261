/** The right-hand side: how this conversation is answered. */
import { useEffect, useState, type ReactNode } from 'react';
import { changeConfig, useAnswering, useConfig, useModelChoice } from '@/features/chat/choices';
import { NewestContext } from '@/features/chat/context-report';
import { shortName } from '@/features/chat/model-menu';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { Avatar } from '@/ui/avatar';
import { IconButton } from '@/ui/button';
import { INPUT } from '@/ui/field';

interface InspectorProps {
  conversationId: string | null;
  open: boolean;
  onClose: () => void;
}

export default function Inspector({ conversationId, open, onClose }: InspectorProps): ReactNode {
  const choice = useModelChoice(conversationId);
  if (!open) return null;
  return (
    <aside
      aria-label={t('inspector.title')}
      data-testid="inspector"
      className="flex h-full w-80 shrink-0 flex-col gap-6 overflow-y-auto border-l border-line bg-sunken p-4 max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:z-20 max-lg:w-[min(20rem,92vw)] max-lg:shadow-float"
    >
      <div className="flex items-center justify-between">
        <h2 className="font-semibold">{t('inspector.title')}</h2>
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </div>
      <Answers conversationId={conversationId} />
      <section className="grid gap-1 text-sm">
        <h3 className="font-medium">{t('inspector.model')}</h3>
        <p>{choice.current ? shortName(choice.current) : (choice.named ?? t('model.none'))}</p>
        <p className="text-muted">{choice.reason ?? t('inspector.chosen')}</p>
        {choice.current?.context_length && <p className="text-muted">{t('inspector.window', { n: choice.current.context_length.toLocaleString() })}</p>}
      </section>
      {conversationId && <NewestContext conversationId={conversationId} />}
      <Settings key={conversationId} conversationId={conversationId} />
    </aside>
  );
}

/** Whose prompt stands above the conversation's own. */
function Answers({ conversationId }: { conversationId: string | null }): ReactNode {
  const { reference, assistant, gone } = useAnswering(conversationId);
  return (
    <section className="grid gap-1 text-sm" data-testid="inspector-assistant">
      <h3 className="font-medium">{t('inspector.assistant')}</h3>
      {reference === null && <p className="text-muted">{t('assistant.none')}</p>}
      {gone && <p className="text-warn">{t('assistant.gone')}</p>}
      {assistant && (
        <>
          <Link href={`/assistants/${encodeURIComponent(assistant.slug)}`} className="inline-flex min-h-7 w-fit items-center gap-2 text-accent underline underline-offset-2">
            <Avatar avatar={assistant.avatar} name={assistant.name} size="small" />
            {assistant.name}
          </Link>
          <p className="text-muted">{t('inspector.assistantHint')}</p>
        </>
      )}
    </section>
  );
}

function Settings({ conversationId }: { conversationId: string | null }): ReactNode {
  const config = useConfig(conversationId);
  const [prompt, setPrompt] = useState(config.system_prompt ?? '');
  const [warmth, setWarmth] = useState(config.temperature);
  useEffect(() => setPrompt(config.system_prompt ?? ''), [config.system_prompt]);
  useEffect(() => setWarmth(config.temperature), [config.temperature]);
  const keepPrompt = (): void => {
    if (prompt !== (config.system_prompt ?? '')) void changeConfig(conversationId, { system_prompt: prompt === '' ? null : prompt });
  };
  const keepWarmth = (value: number | null): void => {
    setWarmth(value);
    void changeConfig(conversationId, { temperature: value });
  };
  return (
    <>
      <div className="grid gap-1.5">
        <label htmlFor="system-prompt" className="text-sm font-medium">{t('inspector.prompt')}</label>
        <textarea id="system-prompt" className={`${INPUT} field-sizing-content max-h-80 min-h-28 resize-none`} value={prompt} placeholder={t('inspector.promptHint')} onChange={(event) => setPrompt(event.target.value)} onBlur={keepPrompt} />
      </div>
      <div className="grid gap-1.5">
        <label htmlFor="temperature" className="flex justify-between text-sm font-medium">
          {t('inspector.temperature')}
          <span className="font-normal text-muted tabular-nums">{warmth === null ? t('inspector.default') : warmth.toFixed(1)}</span>
        </label>
        <input id="temperature" type="range" min={0} max={2} step={0.1} value={warmth ?? 0.7} className="h-7 accent-accent" onChange={(event) => setWarmth(Number(event.target.value))} onPointerUp={() => keepWarmth(warmth)} onKeyUp={() => keepWarmth(warmth)} />
        <button type="button" className="min-h-7 justify-self-start text-sm text-accent underline underline-offset-2 disabled:text-muted disabled:no-underline" disabled={warmth === null} onClick={() => keepWarmth(null)}>
          {t('inspector.useDefault')}
        </button>
      </div>
      <p className="text-[0.8125rem] text-muted">{t('inspector.applies')}</p>
    </>
  );
}
