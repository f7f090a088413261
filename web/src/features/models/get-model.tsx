/** Ways to a model: what would fit this machine, an address, a file. */
import type { ReactNode } from 'react';
import { AddFile } from '@/features/models/add-file';
import { CatalogueList } from '@/features/models/catalogue';
import { PullForm } from '@/features/models/pull-form';
import { PullList } from '@/features/models/pull-list';

export function GetModel(): ReactNode {
  return (
    <>
      <PullList />
      <CatalogueList />
      <PullForm />
      <AddFile />
    </>
  );
}
