/** The conversation that is about to be moved to a project: any place may ask, the frame shows the dialog. */
import { createStore } from '@/lib/store';

export interface Moving {
  id: string;
  title: string;
  projectId: string | null;
}

export const moving = createStore<Moving | null>(null);
