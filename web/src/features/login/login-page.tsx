/** The owner's password, where one is set. */
import { useState, type FormEvent, type ReactNode } from 'react';
import * as client from '@/api/client';
import { ApiError } from '@/api/http';
import { queryClient, sessionQuery } from '@/api/queries';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Field } from '@/ui/field';
import { Mark } from '@/ui/icons';

export default function LoginPage(): ReactNode {
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const open = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const session = await client.session.open(password);
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await queryClient.invalidateQueries();
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 401;
      setRefused(wrong ? t('login.wrong') : String((error as Error).message));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="grid h-full place-items-center p-6">
      <form className="grid w-full max-w-80 gap-5" onSubmit={(event) => void open(event)} data-testid="login">
        <div className="grid justify-items-center gap-3 text-center">
          <Mark size={52} />
          <h1 className="font-serif text-3xl tracking-tight">{t('app.name')}</h1>
          <p className="text-sm text-muted">{t('login.lead')}</p>
        </div>
        <input type="text" autoComplete="username" value="owner" readOnly hidden />
        <Field label={t('login.password')} type="password" autoComplete="current-password" required autoFocus value={password} onChange={(event) => setPassword(event.target.value)} />
        {refused && <p role="alert" className="text-sm text-danger">{refused}</p>}
        <Button type="submit" look="primary" className="min-h-11" disabled={busy}>{t('login.open')}</Button>
      </form>
    </main>
  );
}
