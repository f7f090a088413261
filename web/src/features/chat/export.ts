/** Taking a conversation out as a file. */
import type { ExportFormat } from '@/api/types';

export const EXPORT_FORMATS: ExportFormat[] = ['markdown', 'json', 'jsonl', 'openai'];

/** Lets the browser save what is at `address`. */
export function download(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
