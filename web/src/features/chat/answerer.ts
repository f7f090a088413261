/** Which assistant gave an answer, where its record says so. */
import { useQuery } from '@tanstack/react-query';
import { answeringQuery } from '@/api/assistants';
import { ApiError } from '@/api/http';
import type { Message } from '@/api/types';
import { textOfMetadata } from '@/features/chat/instead';
import { t } from '@/i18n/t';

/** The name of the assistant as it is now; null where none answered, and until the name is known. */
export function useAnswerer(message: Message | null): string | null {
  const id = textOfMetadata(message, 'assistant_id');
  const { data, error } = useQuery({ ...answeringQuery(id ?? ''), enabled: id !== null });
  if (id === null) return null;
  if (error instanceof ApiError && error.status === 404) return t('assistant.former');
  return data?.name ?? null;
}
