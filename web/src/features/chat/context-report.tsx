/** What the model read of this conversation for its newest answer, as its server counted it. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectHref } from '@/api/projects';
import { messagesQuery, runQuery, threadMessages } from '@/api/queries';
import type { ContextReport } from '@/api/types';
import { SummaryOf } from '@/features/chat/summary';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { sentence } from '@/lib/sentence';

export function NewestContext({ conversationId }: { conversationId: string }): ReactNode {
  const { data } = useInfiniteQuery(messagesQuery(conversationId));
  const answer = threadMessages(data).findLast((message) => message.role === 'assistant' && message.run_id !== null);
  const run = useQuery({ ...runQuery(answer?.run_id ?? ''), enabled: answer !== undefined });
  const report = run.data?.context_report;
  return report ? <Report report={report} /> : null;
}

export function Report({ report }: { report: ContextReport }): ReactNode {
  return (
    <section className="grid gap-1.5 text-sm" data-testid="context-report">
      <h3 className="font-medium">{t('context.title')}</h3>
      {report.flag && (
        <p role="note" className={report.flag.code === 'window_unknown' ? 'text-muted' : 'rounded-lg bg-warn-soft px-3 py-2 text-warn'}>
          {report.flag.message}
        </p>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-muted tabular-nums">
        {facts(report).map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd className="text-right text-ink">{value}</dd>
          </div>
        ))}
      </dl>
      {report.window_from && <p className="text-[0.8125rem] text-muted">{t(`context.from.${report.window_from}`)}</p>}
      {report.summarised.map((one) => (
        <div key={one.summary_id} className="grid gap-1">
          <p className="text-[0.8125rem] text-muted">{t('context.summary.why')}</p>
          <SummaryOf summarised={one} />
        </div>
      ))}
      {report.project && <ProjectTold project={report.project} />}
      {report.dropped.map((one) => (
        <p key={one.reason} className="text-[0.8125rem] text-muted">
          {sentence(one.reason)}
        </p>
      ))}
    </section>
  );
}

/** What of the conversation's project went along: its instructions, and each file whole or by its name. */
function ProjectTold({ project }: { project: NonNullable<ContextReport['project']> }): ReactNode {
  return (
    <div className="grid gap-0.5 text-[0.8125rem] text-muted" data-testid="context-project">
      <p>
        {t('context.project')} <Link href={projectHref(project.id)} className="font-medium text-ink underline underline-offset-2">{project.name}</Link>
        {project.instructions && `: ${t('context.instructions')}`}
      </p>
      {project.files.length > 0 && (
        <ul className="grid gap-0.5">
          {project.files.map((file) => (
            <li key={file.file_id} className="[overflow-wrap:anywhere]">
              {file.included ? t('context.fileIn', { name: file.name }) : t('context.fileOut', { name: file.name, reason: file.reason ?? '' })}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function facts(report: ContextReport): [string, string][] {
  const found: [string, string][] = [[t('context.included'), report.included.toLocaleString()]];
  for (const { messages } of report.summarised) found.push([t('context.summarised'), messages.toLocaleString()]);
  for (const { messages, images, files } of report.dropped) {
    if (files) found.push([t('context.files'), files.toLocaleString()]);
    else if (images) found.push([t('context.images'), images.toLocaleString()]);
    else found.push([t('context.dropped'), messages?.toLocaleString() ?? t('context.some')]);
  }
  const counted = report.counted_tokens ?? report.estimated_tokens;
  if (counted !== null) found.push([t(report.counted_tokens === null ? 'context.estimated' : 'context.counted'), counted.toLocaleString()]);
  found.push([t('context.window'), report.window?.toLocaleString() ?? t('context.unknown')]);
  return found;
}
