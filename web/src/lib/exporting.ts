/** Taking a conversation out as a file, and saying what the format could not carry. */
import * as client from '@/api/client';
import type { ExportFormat } from '@/api/types';
import { t } from '@/i18n/t';
import { download } from '@/lib/download';
import { problem, toast } from '@/lib/toasts';

/** Lets the browser save the conversation; what is not in the file is told. */
export async function exportAs(conversationId: string, format: ExportFormat): Promise<void> {
  download(client.conversations.exportAddress(conversationId, format));
  try {
    const { notes } = await client.conversations.exportReport(conversationId, format);
    if (notes.length > 0) toast(t('export.notes', { notes: notes.join('; ') }), { ms: 12_000 });
  } catch (error) {
    problem(error);
  }
}
