/** What the server's machine is, and how it fares now. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { hardwareQuery } from '@/api/queries';
import { hardwareFacts } from '@/features/settings/hardware';
import { t } from '@/i18n/t';
import { Facts, Group } from '@/ui/page';

export function HardwareCard(): ReactNode {
  const { data, error } = useQuery(hardwareQuery);
  return (
    <Group id="hardware" title={t('hardware.title')}>
      {error && <p role="alert" className="text-danger">{error.message}</p>}
      {data && <Facts facts={hardwareFacts(data)} testId="hardware-card" />}
    </Group>
  );
}
