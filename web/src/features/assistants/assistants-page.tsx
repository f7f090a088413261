/** The place of assistants: all of them, or one. */
import type { ReactNode } from 'react';
import { AssistantPage } from '@/features/assistants/assistant-page';
import { GALLERY } from '@/features/assistants/doing';
import { Gallery } from '@/features/assistants/gallery';
import { usePlace } from '@/lib/place';

export default function AssistantsPage(): ReactNode {
  const { path } = usePlace();
  const [reference, section, item] = path.slice(GALLERY.length + 1).split('/');
  if (!reference) return <Gallery />;
  const known = decodeURIComponent(reference);
  return <AssistantPage key={known} reference={known} section={section ?? ''} item={item ?? ''} />;
}
