/** The parts of a message: text, thinking, tools, files, exact bytes, sources. */
import { lazy, memo, Suspense, type ReactNode } from 'react';
import { files } from '@/api/client';
import type { Citation, FilePart, Part } from '@/api/types';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { Icon } from '@/ui/icons';
import { Markdown } from '@/ui/markdown/markdown';

const Citations = lazy(() => import('@/features/chat/citations'));

export interface ShownPart {
  kind: string;
  text: string;
  name: string | null;
  source: Part | null;
  streaming: boolean;
}

export function Parts({ parts }: { parts: ShownPart[] }): ReactNode {
  const sources = parts.map((part) => part.source).filter((part): part is Citation => part?.type === 'citation');
  return (
    <div className="grid min-w-0 gap-3 [&>*]:min-w-0">
      {parts.map((part, i) => (part.kind === 'citation' ? null : <PartView key={i} part={part} />))}
      {sources.length > 0 && <Suspense><Citations citations={sources} /></Suspense>}
    </div>
  );
}

function PartView({ part }: { part: ShownPart }): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? null : <Markdown text={part.text} streaming={part.streaming} />;
    case 'reasoning':
      return part.text === '' ? null : <Thinking text={part.text} streaming={part.streaming} />;
    case 'tool_call':
      return <Tool title={t('tool.call', { name: part.name ?? '' })} body={argumentsOf(part)} />;
    case 'tool_result':
      return <Tool title={t('tool.result', { name: part.name ?? '' })} body={resultOf(part)} />;
    case 'image':
    case 'file':
      return part.source ? <Attached file={part.source as FilePart} /> : null;
    case 'data':
      return part.source?.type === 'data' ? <pre className="overflow-x-auto font-mono text-sm whitespace-pre-wrap">{part.source.shown}</pre> : null;
    default:
      return null;
  }
}

function argumentsOf(part: ShownPart): string {
  const text = part.source?.type === 'tool_call' ? part.source.arguments : part.text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function resultOf(part: ShownPart): string {
  return part.source?.type === 'tool_result' ? part.source.content : part.text;
}

const Thinking = memo(function Thinking({ text, streaming }: { text: string; streaming: boolean }): ReactNode {
  return (
    <details className="group/think rounded-xl border border-line bg-sunken px-3.5 text-sm text-muted" open={streaming}>
      <summary className="min-h-9 cursor-pointer py-2 font-medium">
        {streaming ? t('reasoning.now') : t('reasoning.done')}
      </summary>
      <p className="max-h-72 overflow-y-auto pb-3 leading-relaxed whitespace-pre-wrap" tabIndex={0}>{text}</p>
    </details>
  );
});

function Tool({ title, body }: { title: string; body: string }): ReactNode {
  return (
    <details className="rounded-xl border border-line bg-sunken px-3.5 text-sm">
      <summary className="min-h-9 cursor-pointer py-2 font-medium text-muted">{title}</summary>
      <pre className="max-h-72 overflow-auto pb-3 font-mono text-xs whitespace-pre-wrap" tabIndex={0}>{body}</pre>
    </details>
  );
}

/** A file of a message: an image is shown, anything else is a named link. */
export function Attached({ file }: { file: FilePart }): ReactNode {
  const href = files.address(file.file_id);
  if (file.type === 'image') {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer" className="w-fit">
        <img src={href} alt={file.name} loading="lazy" className="max-h-72 max-w-full rounded-xl border border-line" />
      </a>
    );
  }
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className="inline-flex w-fit max-w-full items-center gap-2 rounded-lg border border-line bg-surface px-3 py-2 text-sm hover:bg-hover"
    >
      <Icon name="file" size={16} />
      <span className="truncate">{file.name}</span>
      <span className="shrink-0 text-muted">{readableSize(file.size)}</span>
    </a>
  );
}
