/** What a model would be sent, with everything that is typed: put together by the server, not by the page. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useState, type ReactNode } from 'react';
import { previewQuery, type AssistantFull, type Effect } from '@/api/assistants';
import { useDraft, type Draft } from '@/features/assistants/drafts';
import { fieldsOf } from '@/features/assistants/facet-form';
import { PROMPT, type Body } from '@/features/assistants/fields';
import { valuesOf } from '@/features/assistants/saving';
import { ta } from '@/features/assistants/words';
import { diffLines } from '@/lib/diff';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Sentence } from '@/ui/sentence';

const PAUSE_MS = 250;

/** The fields that the draft of each part would change. */
function useTyped(full: AssistantFull, effects: readonly Effect[]): Body {
  const core = useDraft(full.id, 'core');
  const identity = useDraft(full.id, 'identity');
  const configuration = useDraft(full.id, 'configuration');
  return useMemo(() => {
    const values = (part: 'core' | 'identity' | 'configuration', draft: Draft | null): Body => (draft ? valuesOf(draft.texts, fieldsOf(full, part, effects), part) : {});
    const body: Body = {};
    const { name } = values('core', core);
    if (name) body.name = name;
    const prompt = configuration?.texts[PROMPT];
    if (prompt !== undefined) body.prompt = prompt;
    for (const [part, draft] of [['identity', identity], ['configuration', configuration]] as const) {
      const changed = values(part, draft);
      if (Object.keys(changed).length > 0) body[part] = changed;
    }
    return body;
  }, [full, effects, core, identity, configuration]);
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function Preview({ full, effects }: { full: AssistantFull; effects: readonly Effect[] }): ReactNode {
  const id = useId();
  const body = useSettled(useTyped(full, effects));
  const now = useQuery(previewQuery(full.id, full.revision, {}));
  const changed = Object.keys(body).length > 0;
  const { data, error } = useQuery({ ...previewQuery(full.id, full.revision, body), placeholderData: (before) => before });
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] content-start gap-3" aria-labelledby={id} data-testid="preview">
      <div>
        <h2 id={id} className="text-sm font-semibold">{ta('preview.title')}</h2>
        <p className="text-[0.8125rem] text-muted">{changed ? ta('preview.lead') : ta('preview.plain')}</p>
      </div>
      {error && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger [overflow-wrap:anywhere]">{ta('preview.failed')} <Sentence text={error.message} /></p>}
      {!data && !error && <div aria-hidden="true" className="lap h-40 rounded-xl bg-hover" />}
      {data && <PromptText before={now.data?.text ?? data.text} after={data.text} />}
      {data && (
        <details className="text-sm">
          <summary className="min-h-6 w-fit cursor-pointer text-muted hover:text-ink">{ta('preview.template')}</summary>
          <p className="mt-1 text-[0.8125rem] text-muted">{ta('preview.templateLead')}</p>
          <pre className="mt-2 overflow-x-hidden rounded-lg bg-sunken p-3 font-mono text-[0.8125rem] whitespace-pre-wrap [overflow-wrap:anywhere]">{data.template}</pre>
        </details>
      )}
    </section>
  );
}

/** The prompt; the lines that are not in the one before are marked. */
function PromptText({ before, after }: { before: string; after: string }): ReactNode {
  const lines = useMemo(() => diffLines(before, after).filter((line) => line.kind !== 'gone'), [before, after]);
  return (
    <>
      <div role="group" tabIndex={0} aria-label={ta('preview.region')} data-testid="preview-text" className="max-h-[min(34rem,60dvh)] overflow-y-auto rounded-xl border border-line bg-surface py-2.5 text-sm leading-relaxed">
        {lines.map((line, i) => (
          <p key={i} className={`min-h-[1lh] px-3.5 whitespace-pre-wrap [overflow-wrap:anywhere] ${line.kind === 'new' ? 'border-l-3 border-accent bg-accent-soft pl-3' : 'border-l-3 border-transparent pl-3'}`}>
            {line.kind === 'new' && <span className="sr-only">{ta('preview.new')} </span>}
            {line.text}
          </p>
        ))}
      </div>
      <p className="text-[0.8125rem] text-muted tabular-nums">{ta('preview.size', { n: after.length.toLocaleString() })}</p>
    </>
  );
}

/** Where there is no room beside the form, it is one press away. */
export function PreviewButton(props: { full: AssistantFull; effects: readonly Effect[] }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button className="lg:hidden" onClick={() => setOpen(true)}>{ta('preview.open')}</Button>
      {open && (
        <Dialog title={ta('preview.open')} open onClose={() => setOpen(false)}>
          <div className="overflow-y-auto px-5 pb-5"><Preview {...props} /></div>
        </Dialog>
      )}
    </>
  );
}
