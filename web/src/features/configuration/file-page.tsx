/** One file of the configuration, in the editor. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { configuration, fileQuery, refreshBroker } from '@/api/broker';
import { queryClient } from '@/api/queries';
import { tg } from '@/features/configuration/texts';
import { fileState } from '@/features/configuration/words';
import { usePlace } from '@/lib/place';
import { BackLink } from '@/ui/back-link';
import { Badge } from '@/ui/badge';
import { DocumentEditor, type Loaded } from '@/ui/editor/document-editor';
import { UpgradeList } from '@/ui/editor/upgrade-list';
import { Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function FilePage({ name }: { name: string }): ReactNode {
  const query = fileQuery(name);
  const { data, error, refetch } = useQuery(query);
  const { search } = usePlace();
  const format = /\.ya?ml$/.test(name) ? 'yaml' : 'json';
  const save = async (text: string, etag: string | null): Promise<Loaded> => {
    const after = { ...(await configuration.write(name, text, etag)), text };
    queryClient.setQueryData(query.queryKey, after);
    void refreshBroker();
    return after;
  };
  const state = data && fileState(data);
  return (
    <>
      <BackLink href="/settings/server/configuration">{tg('config.all')}</BackLink>
      {error && !data && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={name} />}
      {data && state && (
        <Group title={name} lead={tg('config.editLead')}>
          <div className="flex flex-wrap items-center gap-2">
            <Badge tone={state.tone}>{state.text}</Badge>
            {data.stale && <span className="text-sm text-warn">{tg('config.stale')}</span>}
          </div>
          <UpgradeList steps={data.upgraded} />
          <DocumentEditor
            name={name}
            draftKey={`file.${name}`}
            language={format}
            loaded={data}
            at={search.line ? { line: Number(search.line), column: Number(search.column ?? 1) } : null}
            validate={(text) => configuration.validate(text, format)}
            save={save}
            reload={() => refetch({ throwOnError: true })}
          />
        </Group>
      )}
    </>
  );
}
