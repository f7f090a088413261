/** Files being attached: uploads with progress, then part of the draft. */
import * as client from '@/api/client';
import { readDraft, writeDraft } from '@/features/chat/drafts';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { createStore } from '@/lib/store';
import { problem } from '@/lib/toasts';

export interface Uploading {
  id: number;
  draft: string;
  name: string;
  share: number;
  abort: () => void;
}

export const uploads = createStore<readonly Uploading[]>([]);

let counter = 0;

/** Uploads files and adds each to the draft when it is stored. */
export function attach(draft: string, files: Iterable<File>): void {
  for (const file of files) void attachOne(draft, file);
}

async function attachOne(draft: string, file: File): Promise<void> {
  const id = ++counter;
  const progress = (share: number): void =>
    uploads.set((all) => all.map((one) => (one.id === id ? { ...one, share } : one)));
  const upload = client.files.add(file, progress);
  uploads.set((all) => [...all, { id, draft, name: file.name, share: 0, abort: upload.abort }]);
  try {
    const stored = await upload.done;
    const before = readDraft(draft);
    writeDraft(draft, { ...before, files: [...before.files, stored] });
    announce(t('attach.done', { name: file.name }));
  } catch (error) {
    if (!(error instanceof DOMException)) problem(error, file.name);
  } finally {
    uploads.set((all) => all.filter((one) => one.id !== id));
  }
}

/** Takes a stored file off the draft. */
export function detach(draft: string, fileId: string): void {
  const before = readDraft(draft);
  writeDraft(draft, { ...before, files: before.files.filter((file) => file.id !== fileId) });
}
