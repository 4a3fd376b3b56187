import { maskedUrl } from '../../core/masked-url.ts';
import type { Role } from './user.ts';

/** A URL as a role may see it. */
export const shownUrl = (url: string | null, role: Role) => (url === null || role === 'admin' ? url : maskedUrl(url));
