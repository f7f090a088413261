/** The texts of this place: loaded with it. */
import { enProjects } from '@/i18n/en-projects';
import { texts } from '@/i18n/t';

export const tp = texts(enProjects);
