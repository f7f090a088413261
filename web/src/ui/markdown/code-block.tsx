/** A block of code: its language, an exact copy, colour once it is complete; diagrams drawn. */
import { lazy, memo, Suspense, useEffect, useState, type ReactNode } from 'react';
import { t } from '@/i18n/t';
import { copyText } from '@/lib/clipboard';
import { Icon } from '@/ui/icons';

const Diagram = lazy(() => import('@/ui/markdown/diagram'));

interface CodeBlockProps {
  code: string;
  language: string;
  open: boolean;
}

const HEAD_BUTTON =
  'inline-flex min-h-7 items-center gap-1.5 rounded-md px-2 text-xs font-medium text-muted hover:bg-hover hover:text-ink coarse:min-h-9';

export const CodeBlock = memo(function CodeBlock({ code, language, open }: CodeBlockProps): ReactNode {
  const drawable = language === 'mermaid' && !open;
  const [drawn, setDrawn] = useState(true);
  return (
    <figure className="overflow-hidden rounded-xl border border-line bg-sunken" data-testid="code-block">
      <figcaption className="flex items-center gap-1 border-b border-line py-1 pr-1.5 pl-3.5 text-xs text-muted">
        <span className="flex-1 truncate font-mono">{language || t('code.plain')}</span>
        {drawable && (
          <button type="button" className={HEAD_BUTTON} onClick={() => setDrawn(!drawn)}>
            {drawn ? t('code.source') : t('code.diagram')}
          </button>
        )}
        <CopyCode code={code} />
      </figcaption>
      {drawable && drawn ? (
        <Suspense fallback={<Source code={code} language="" open />}>
          <Diagram source={code} fallback={<Source code={code} language="" open={false} />} />
        </Suspense>
      ) : (
        <Source code={code} language={language} open={open} />
      )}
    </figure>
  );
});

function CopyCode({ code }: { code: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={HEAD_BUTTON}
      data-testid="copy-code"
      onClick={() => void copyText(code).then(() => setCopied(true))}
    >
      <Icon name={copied ? 'check' : 'copy'} size={14} />
      {copied ? t('copied') : t('code.copy')}
    </button>
  );
}

function Source({ code, language, open }: CodeBlockProps): ReactNode {
  const html = useColour(code, open ? '' : language);
  const look = 'overflow-x-auto px-3.5 py-3 font-mono text-[0.8125rem] leading-[1.6]';
  const label = t('code.label', { language: language || t('code.plain') });
  return (
    <pre className={look} tabIndex={0} role="group" aria-label={label} translate="no">
      {html === null ? <code>{code}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />}
    </pre>
  );
}

/** The code as highlighted HTML (escaped by the highlighter), or null until it is there. */
function useColour(code: string, language: string): string | null {
  const [found, setFound] = useState<{ code: string; html: string } | null>(null);
  useEffect(() => {
    if (language === '') return;
    let current = true;
    void import('@/ui/markdown/highlight')
      .then((part) => part.highlight(code, language))
      .then((html) => {
        if (current && html !== null) setFound({ code, html });
      });
    return () => {
      current = false;
    };
  }, [code, language]);
  return found?.code === code ? found.html : null;
}
