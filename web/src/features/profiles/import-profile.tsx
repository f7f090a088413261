/** A profile from a file, dropped or picked; also an older one, with what became of each of its fields. */
import { useState, type DragEvent, type FormEvent, type ReactNode } from 'react';
import { problemsIn, profiles, refreshBroker, type Keeper, type Problem, type ProfileDetail, type TextFormat } from '@/api/broker';
import { profileHref } from '@/features/profiles/doing';
import { Whose } from '@/features/profiles/make-profile';
import { tf } from '@/features/profiles/texts';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { problem } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { ProblemList } from '@/ui/editor/problem-list';
import { UpgradeList } from '@/ui/editor/upgrade-list';
import { Field } from '@/ui/field';
import { Icon } from '@/ui/icons';
import { Group } from '@/ui/page';

const MOST_BYTES = 32 * 1024 * 1024;

interface Refusal {
  error: string;
  problems: Problem[];
}

interface Brought {
  file: string;
  text: string;
  format: TextFormat;
}

export function ImportProfile(): ReactNode {
  const [brought, setBrought] = useState<Brought | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [made, setMade] = useState<ProfileDetail | null>(null);

  const send = async ({ file, text, format }: Brought, name: string | null, owner: Keeper): Promise<void> => {
    try {
      setMade(await profiles.import({ text, format, owner, ...(name ? { name } : {}) }));
      setBrought(null);
      setRefusal(null);
      await refreshBroker();
    } catch (error) {
      setBrought({ file, text, format });
      setRefusal({ error: error instanceof Error ? error.message : String(error), problems: problemsIn(error) });
    }
  };
  const take = async (file: File): Promise<void> => {
    setMade(null);
    if (file.size > MOST_BYTES) return problem(new Error(tf('profiles.tooLarge', { name: file.name })));
    try {
      const format = /\.ya?ml$/i.test(file.name) ? 'yaml' : 'json';
      await send({ file: file.name, text: await file.text(), format }, null, 'instance');
    } catch (error) {
      problem(error);
    }
  };
  return (
    <Group id="import-profile" title={t('profiles.import')} lead={tf('profiles.importLead')}>
      <DropZone onFile={(file) => void take(file)} />
      {brought && refusal && (
        <Again
          key={brought.text}
          brought={brought}
          refusal={refusal}
          onSend={(name, owner) => void send(brought, name, owner)}
          onDrop={() => setBrought(null)}
        />
      )}
      {made && <Made profile={made} />}
    </Group>
  );
}

function DropZone({ onFile }: { onFile: (file: File) => void }): ReactNode {
  const [over, setOver] = useState(false);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <label
      data-testid="profile-drop"
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={`flex min-h-20 cursor-pointer items-center justify-center gap-3 rounded-xl border-2 border-dashed px-4 text-center text-sm focus-within:outline-2 focus-within:outline-accent hover:bg-hover ${over ? 'border-accent bg-accent-soft' : 'border-edge'}`}
    >
      <Icon name="import" />
      <span>{tf('profiles.drop')}</span>
      <input
        type="file"
        accept=".json,.yaml,.yml,application/json"
        className="sr-only"
        data-testid="profile-input"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onFile(file);
          event.target.value = '';
        }}
      />
    </label>
  );
}

interface AgainProps {
  brought: Brought;
  refusal: Refusal;
  onSend: (name: string, owner: Keeper) => void;
  onDrop: () => void;
}

/** What was refused, and another try under another name, without picking the file anew. */
function Again({ brought, refusal, onSend, onDrop }: AgainProps): ReactNode {
  const [name, setName] = useState('');
  const [owner, setOwner] = useState<Keeper>('instance');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSend(name, owner);
  };
  return (
    <div className="grid gap-3 rounded-xl border border-line bg-surface p-4" data-testid="import-refused">
      <div role="alert">
        <p className="font-medium [overflow-wrap:anywhere]">{tf('profiles.notImported', { file: brought.file })}</p>
        <p className="text-sm text-danger [overflow-wrap:anywhere]">{refusal.error}</p>
      </div>
      <ProblemList problems={refusal.problems} />
      {refusal.problems.length === 0 && (
        <form className="grid items-end gap-3 sm:grid-cols-2" onSubmit={submit}>
          <Field label={tf('profiles.importAs')} value={name} required maxLength={40} autoCapitalize="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />
          <Whose value={owner} onChange={setOwner} />
          <div className="flex flex-wrap gap-2 sm:col-span-2">
            <Button type="submit" look="primary">{tf('profiles.importButton')}</Button>
            <Button look="quiet" onClick={onDrop}>{t('cancel')}</Button>
          </div>
        </form>
      )}
    </div>
  );
}

function Made({ profile }: { profile: ProfileDetail }): ReactNode {
  return (
    <div role="status" data-testid="imported" className="grid gap-2 rounded-xl bg-accent-soft p-4 text-sm">
      <p>
        {tf('profiles.imported', { name: profile.name })}{' '}
        <Link href={profileHref(profile.address)} className="font-medium text-accent underline underline-offset-2">{tf('profiles.open')}</Link>
      </p>
      <UpgradeList steps={profile.upgraded} />
    </div>
  );
}
