/** The texts of this place: loaded with it. */
import { enProfiles } from '@/i18n/en-profiles';
import { texts } from '@/i18n/t';

export const tf = texts(enProfiles);
