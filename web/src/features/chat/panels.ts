/** What is open beside a conversation. */
import { createStore } from '@/lib/store';

/** Whether the settings of the conversation are shown. */
export const inspectorOpen = createStore(false);
