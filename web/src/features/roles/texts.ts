/** The texts of this place: loaded with it. */
import { enRoles } from '@/i18n/en-roles';
import { texts } from '@/i18n/t';

export const tr = texts(enRoles);
