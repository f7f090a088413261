/** Two texts as one list of lines: what is gone, what is new. */
import { useMemo, type ReactNode } from 'react';
import { t } from '@/i18n/t';
import { diffLines, folded } from '@/lib/diff';

const LOOKS = { same: 'text-muted', gone: 'bg-danger-soft', new: 'bg-accent-soft' } as const;
const SIGNS = { same: '\u00a0', gone: '−', new: '+' } as const;

export function DiffView({ before, after, label }: { before: string; after: string; label: string }): ReactNode {
  const lines = useMemo(() => folded(diffLines(before, after)), [before, after]);
  return (
    <div role="group" tabIndex={0} aria-label={label} data-testid="diff" className="max-h-80 overflow-y-auto rounded-lg border border-line bg-surface py-1.5 font-mono text-[0.8125rem] leading-relaxed">
      {lines.map((line, i) =>
        typeof line === 'number' ? (
          <p key={i} className="px-3 font-sans text-xs text-muted">{t('diff.folded', { n: line })}</p>
        ) : (
          <p key={i} className={`grid grid-cols-[1.25rem_1fr] px-2 [overflow-wrap:anywhere] whitespace-pre-wrap ${LOOKS[line.kind]}`}>
            <span aria-hidden="true">{SIGNS[line.kind]}</span>
            <span>
              {line.kind !== 'same' && <span className="sr-only">{t(`diff.${line.kind}`)} </span>}
              {line.text}
            </span>
          </p>
        ),
      )}
    </div>
  );
}
