/** Which dialog of the whole page is open. */
import { createStore } from '@/lib/store';

export const overlay = createStore<'palette' | 'shortcuts' | null>(null);
