/** A cited file, opened at the quoted place. Back closes it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { files } from '@/api/client';
import { showQuote } from '@/features/chat/quote';
import { t } from '@/i18n/t';
import { Dialog } from '@/ui/dialog';

export default function FileViewer({ fileId, name, quote }: { fileId: string; name: string; quote: string }): ReactNode {
  const { data, error } = useQuery({ queryKey: ['file', fileId], queryFn: () => files.text(fileId) });
  const body = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (data !== undefined && body.current) showQuote(body.current, quote);
  }, [data, quote]);
  return (
    <Dialog title={name || t('file.title')} open onClose={() => history.back()} wide>
      <div className="overflow-y-auto px-5 pb-5" tabIndex={0} role="group" aria-label={name || t('file.title')}>
        {error && <p role="alert" className="text-danger">{error.message}</p>}
        <pre ref={body} data-testid="file-text" className="font-mono text-sm leading-relaxed whitespace-pre-wrap">{data ?? t('loading')}</pre>
      </div>
    </Dialog>
  );
}
