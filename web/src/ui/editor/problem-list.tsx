/** What is wrong with a text: a sentence each, with its place, which is one click away, and the word that was meant. */
import type { ReactNode } from 'react';
import type { Problem } from '@/api/broker';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { Sentence } from '@/ui/sentence';

interface ProblemListProps {
  problems: readonly Problem[];
  /** Leads to the place, where the text is open. */
  onGo?: (problem: Problem) => void;
  /** Puts the nearest word in, where the text is open. */
  onMend?: (problem: Problem) => void;
}

export function ProblemList({ problems, onGo, onMend }: ProblemListProps): ReactNode {
  if (problems.length === 0) return null;
  return (
    <ul className="grid gap-1.5" data-testid="problems">
      {problems.map((problem, i) => (
        <li
          key={`${i}-${problem.code}-${problem.key}`}
          className={`flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg px-3 py-1.5 text-sm ${problem.warning ? 'bg-warn-soft' : 'bg-danger-soft'}`}
        >
          <span className={problem.warning ? 'text-warn' : 'text-danger'}><Icon name="alert" size={16} /></span>
          <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
            <span className="font-medium">{problem.warning ? t('problem.warning') : t('problem.error')}</span> <Sentence text={problem.message} />
            {problem.key !== '' && !problem.message.includes(problem.key) && <code className="block font-mono text-[0.8125rem] text-muted">{problem.key}</code>}
          </span>
          <span className="ml-auto flex flex-wrap items-center gap-2">
            {onMend && problem.nearest && problem.line && (
              <Button className="min-h-7 px-2.5" onClick={() => onMend(problem)}>{t('problem.mend', { word: problem.nearest })}</Button>
            )}
            <Where problem={problem} onGo={onGo} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Where({ problem, onGo }: { problem: Problem; onGo: ProblemListProps['onGo'] }): ReactNode {
  if (!problem.line) return null;
  const place = t('problem.place', { line: problem.line, column: problem.column ?? 1 });
  if (!onGo) return <span className="text-muted tabular-nums">{place}</span>;
  return (
    <button type="button" className="min-h-7 text-muted tabular-nums underline underline-offset-2 hover:text-ink" onClick={() => onGo(problem)}>
      {place}
    </button>
  );
}

/** By line: whether all that is wrong there are warnings. */
export function markedLines(problems: readonly Problem[]): ReadonlyMap<number, boolean> {
  const marked = new Map<number, boolean>();
  for (const { line, warning } of problems) if (line) marked.set(line, (marked.get(line) ?? true) && warning);
  return marked;
}
