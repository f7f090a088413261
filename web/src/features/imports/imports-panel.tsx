/** Records of other systems in: choose, watch, see the reckoning, take it back; and who answers for old names. */
import type { ReactNode } from 'react';
import { Bring } from '@/features/imports/bring';
import { ImportList } from '@/features/imports/import-list';
import { ROLL_OUT, RollOut } from '@/features/imports/roll-out';
import { ti } from '@/features/imports/words';
import { Link } from '@/lib/place';

export default function ImportsPanel({ item }: { item: string | null }): ReactNode {
  if (item === ROLL_OUT) return <RollOut />;
  return (
    <>
      <Bring />
      <ImportList />
      <p className="text-sm">
        <Link href={`/settings/workspace/import/${ROLL_OUT}`} className="inline-flex min-h-8 items-center text-accent-strong underline">{ti('rollout.link')}</Link>
      </p>
    </>
  );
}
