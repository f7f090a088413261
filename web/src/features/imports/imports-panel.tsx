/** Records of other systems in: choose, watch, see the reckoning, take it back. */
import type { ReactNode } from 'react';
import { Bring } from '@/features/imports/bring';
import { ImportList } from '@/features/imports/import-list';

export default function ImportsPanel(): ReactNode {
  return (
    <>
      <Bring />
      <ImportList />
    </>
  );
}
