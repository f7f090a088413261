/** One profile, in the editor. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { candidatesIn, profileQuery, profiles, refreshBroker } from '@/api/broker';
import { queryClient } from '@/api/queries';
import { change, profileHref } from '@/features/profiles/doing';
import { tf } from '@/features/profiles/texts';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { BackLink } from '@/ui/back-link';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { DocumentEditor, type Loaded } from '@/ui/editor/document-editor';
import { UpgradeList } from '@/ui/editor/upgrade-list';
import { Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function ProfilePage({ id }: { id: string }): ReactNode {
  const query = profileQuery(id);
  const { data, error, refetch } = useQuery(query);
  const save = async (text: string, etag: string | null): Promise<Loaded> => {
    const after = await profiles.write(id, text, etag);
    queryClient.setQueryData(query.queryKey, after);
    void refreshBroker();
    return after;
  };
  return (
    <>
      <BackLink href="/settings/workspace/profiles">{tf('profiles.all')}</BackLink>
      {error && !data && <Refused error={error} onRetry={() => void refetch()} />}
      {error && !data && <Meant candidates={candidatesIn(error)} />}
      {!data && !error && <Reading what={id} />}
      {data && (
        <Group title={data.name} lead={data.owner === 'shipped' ? tf('profiles.shippedLead') : tf('profiles.editLead')}>
          <div className="flex flex-wrap items-center gap-2">
            <Badge>{t(`owner.${data.owner}`)}</Badge>
            {data.active && <Badge tone="good">{tf('profiles.isActive')}</Badge>}
            <span className="flex-1" />
            {data.active ? (
              <Button onClick={() => void change(profiles.deactivate(id), tf('profiles.deactivated', { name: data.name }))}>{tf('profiles.deactivate')}</Button>
            ) : (
              <Button onClick={() => void change(profiles.activate(id), tf('profiles.activated', { name: data.name }))}>{tf('profiles.activate')}</Button>
            )}
          </div>
          <UpgradeList steps={data.upgraded} />
          <DocumentEditor
            name={data.name}
            draftKey={`profile.${id}`}
            language="json"
            loaded={data}
            validate={profiles.validate}
            save={save}
            reload={() => refetch({ throwOnError: true })}
          />
        </Group>
      )}
    </>
  );
}

/** A name alone may mean several profiles: the way to each of them. */
function Meant({ candidates }: { candidates: string[] }): ReactNode {
  if (candidates.length === 0) return null;
  return (
    <ul className="grid gap-1.5" data-testid="candidates">
      {candidates.map((address) => (
        <li key={address}>
          <Link href={profileHref(address)} className="inline-flex min-h-8 items-center font-mono text-[0.8125rem] font-medium text-accent underline underline-offset-2">{address}</Link>
        </li>
      ))}
    </ul>
  );
}
