/** The texts of the list's head and of choosing several. */
import { enChoosing } from '@/i18n/en-choosing';
import { texts } from '@/i18n/t';

export const tc = texts(enChoosing);
