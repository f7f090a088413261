/** The way out where a server beyond this machine may not be asked: the owner agrees to it, here. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { consents, consentsQuery, refreshModels } from '@/api/models';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';

/** Nothing where agreeing would not help: it is agreed to already, or nobody knows the server. */
export default function AgreeButton({ endpoint, onAgreed }: { endpoint: string; onAgreed: () => void }): ReactNode {
  const { data } = useQuery({ ...consentsQuery, staleTime: 0 });
  const found = data?.items.find((one) => one.endpoint === endpoint);
  if (!found || found.consented) return null;
  const agree = async (): Promise<void> => {
    try {
      await consents.give(endpoint);
    } catch (error) {
      problem(error);
      return;
    }
    toast(t('agree.done', { name: endpoint }));
    await refreshModels();
    onAgreed();
  };
  return (
    <Confirm
      trigger={<Button look="primary" icon="cloud" className="min-h-8">{t('agree.action', { name: endpoint })}</Button>}
      title={t('agree.title', { name: endpoint })}
      detail={t('agree.detail', { name: endpoint, place: found.place })}
      action={t('endpoints.agree')}
      look="primary"
      onConfirm={() => void agree()}
    />
  );
}
