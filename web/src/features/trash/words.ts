/** The texts of this place: loaded with it. */
import { enTrash } from '@/i18n/en-trash';
import { texts } from '@/i18n/t';

export const tt = texts(enTrash);
