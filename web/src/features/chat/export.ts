/** Taking a conversation out as a file, and saying what the format could not carry. */
import * as client from '@/api/client';
import type { ExportFormat } from '@/api/types';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';

export const EXPORT_FORMATS: ExportFormat[] = ['markdown', 'json', 'jsonl', 'openai'];

/** Lets the browser save the conversation; what is not in the file is told. */
export async function exportAs(conversationId: string, format: ExportFormat): Promise<void> {
  const link = document.createElement('a');
  link.href = client.conversations.exportAddress(conversationId, format);
  link.download = '';
  link.click();
  try {
    const { notes } = await client.conversations.exportReport(conversationId, format);
    if (notes.length > 0) toast(t('export.notes', { notes: notes.join('; ') }), { ms: 12_000 });
  } catch (error) {
    problem(error);
  }
}
