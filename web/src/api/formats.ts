/** The formats a conversation is taken out in. */
import type { ExportFormat } from '@/api/types';

export const EXPORT_FORMATS: ExportFormat[] = ['markdown', 'json', 'jsonl', 'openai'];
