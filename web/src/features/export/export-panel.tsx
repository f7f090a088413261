/** Taking everything along as one file: what is in it, what is not and why, and the file. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { contentsQuery, exportAddress, type ExportContents } from '@/api/exports';
import { te } from '@/features/export/texts';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { Icon } from '@/ui/icons';
import { CARD, Facts, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const KINDS = ['conversation', 'project', 'assistant', 'prompt', 'profile', 'setting', 'document'] as const;
const THROWN_AWAY = ['conversation', 'project', 'assistant', 'profile'] as const;

export default function ExportPanel(): ReactNode {
  const { data, error, refetch } = useQuery(contentsQuery);
  return (
    <>
      <Group id="export" title={te('export.all')} lead={te('export.lead')}>
        <a
          href={exportAddress()}
          download="mecum-export.zip"
          className="inline-flex min-h-10 items-center gap-2 justify-self-start rounded-lg bg-accent px-3.5 text-sm font-medium text-on-accent transition-colors hover:bg-accent-strong"
        >
          <Icon name="export" size={18} />
          {te('export.save')}
        </a>
        <Back />
      </Group>
      <Group title={te('export.contents')}>
        {error && <Refused error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Reading what={te('export.contents')} />}
        {data && <Contents data={data} />}
      </Group>
      {data && <LeftOut data={data} />}
    </>
  );
}

function Back(): ReactNode {
  const [before, after] = te('export.back', { link: '\n' }).split('\n');
  return (
    <p className="text-sm text-muted">
      {before}
      <Link href="/settings/workspace/import" className="inline-flex min-h-6 items-center text-accent-strong underline">{t('imports.title')}</Link>
      {after}
    </p>
  );
}

function Contents({ data }: { data: ExportContents }): ReactNode {
  const there = KINDS.filter((kind) => data.contents[kind]);
  const trash = THROWN_AWAY.filter((kind) => data.trash[kind]).map((kind) => `${te(`export.kind.${kind}`)}: ${data.trash[kind]}`);
  return (
    <>
      {there.length === 0 && <p className={`${CARD} p-4 text-sm text-muted`}>{te('export.empty')}</p>}
      {there.length > 0 && <Facts testId="export-contents" facts={there.map((kind) => [te(`export.kind.${kind}`), String(data.contents[kind])])} />}
      {trash.length > 0 && <p className="text-sm text-muted">{te('export.trash', { what: trash.join(', ') })}</p>}
    </>
  );
}

function LeftOut({ data }: { data: ExportContents }): ReactNode {
  return (
    <Group title={te('export.leftOut')}>
      <dl className={`${CARD} divide-y divide-line text-sm`} data-testid="left-out">
        {data.left_out.map((one) => (
          <div key={one.what} className="grid gap-1 px-4 py-3">
            <dt className="font-medium">{one.what}</dt>
            <dd className="text-muted first-letter:uppercase">{one.reason}</dd>
          </div>
        ))}
      </dl>
    </Group>
  );
}
