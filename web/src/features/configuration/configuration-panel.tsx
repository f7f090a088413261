/** The configuration: its files with what is wrong in them, the editor for each, and which level says what counts. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { configurationQuery, type ConfigurationFile, type Problem } from '@/api/broker';
import { Explain } from '@/features/configuration/explain';
import { FilePage } from '@/features/configuration/file-page';
import { tg } from '@/features/configuration/texts';
import { fileHref, fileState, keysOf } from '@/features/configuration/words';
import { t } from '@/i18n/t';
import { go, Link } from '@/lib/place';
import { Badge } from '@/ui/badge';
import { ProblemList } from '@/ui/editor/problem-list';
import { UpgradeList } from '@/ui/editor/upgrade-list';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export default function ConfigurationPanel({ item }: { item: string | null }): ReactNode {
  return item === null ? <Files /> : <FilePage key={item} name={item} />;
}

function Files(): ReactNode {
  const { data, error, refetch } = useQuery(configurationQuery);
  const between = data?.problems.filter((one) => !data.files.some((file) => file.problems.some((its) => alike(its, one)))) ?? [];
  return (
    <>
      <Group title={t('config.title')} lead={tg('config.lead')}>
        {error && <Refused error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Reading what={t('config.title')} />}
        {data && (
          <>
            <p className="text-sm text-muted [overflow-wrap:anywhere]">{tg('config.folder')} <code className="font-mono text-[0.8125rem]">{data.folder}</code></p>
            <ol className={`${CARD} divide-y divide-line`}>
              {data.files.map((file) => (
                <FileRow key={file.name} file={file} />
              ))}
            </ol>
          </>
        )}
      </Group>
      {between.length > 0 && (
        <Group title={tg('config.between')} lead={tg('config.betweenLead')}>
          <ProblemList problems={between} />
        </Group>
      )}
      <Explain known={data ? keysOf(data.in_force) : []} />
    </>
  );
}

function alike(a: Problem, b: Problem): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column && a.code === b.code && a.message === b.message;
}

function FileRow({ file }: { file: ConfigurationFile }): ReactNode {
  const state = fileState(file);
  return (
    <li data-testid="config-file" data-name={file.name} className="grid gap-2.5 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span className="text-muted"><Icon name="braces" /></span>
        <div className="min-w-40 flex-1">
          <p className="flex flex-wrap items-center gap-2">
            <Link href={fileHref(file.name)} className="min-h-6 font-mono text-sm font-medium underline-offset-2 hover:underline">{file.name}</Link>
            <Badge tone={state.tone}>{state.text}</Badge>
          </p>
          {file.stale && <p className="text-sm text-warn">{tg('config.stale')}</p>}
        </div>
        <Link href={fileHref(file.name)} aria-label={t(file.exists ? 'config.editOne' : 'config.makeOne', { name: file.name })} className="inline-flex min-h-9 items-center gap-2 rounded-lg border border-line bg-surface px-3.5 text-sm font-medium hover:bg-hover">
          <Icon name="edit" size={17} />
          {file.exists ? t('profiles.edit') : tg('config.make')}
        </Link>
      </div>
      <ProblemList problems={file.problems} onGo={(one) => go(`${fileHref(file.name)}?line=${one.line ?? 1}&column=${one.column ?? 1}`)} />
      <UpgradeList steps={file.upgraded} />
    </li>
  );
}
