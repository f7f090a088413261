/** A message that was found: its words, marked, and the way to it. */
import type { ReactNode } from 'react';
import type { SearchHit } from '@/api/types';
import { conversationHref } from '@/lib/place';

/** The address of the message, with the words to mark there. */
export function hitHref(hit: SearchHit): string {
  const quote = hit.snippet.map((part) => part.text).join('').replace(/…/g, '').trim();
  return conversationHref(hit.conversation_id, { m: hit.message_id, quote });
}

export function Snippet({ hit }: { hit: SearchHit }): ReactNode {
  return hit.snippet.map((part, i) => (part.hit ? <mark key={i} className="mark">{part.text}</mark> : part.text));
}
