import type { Section } from './figures.ts';
import { requests } from './requests/requests.ts';

/** The parts of the bench in the order in which they run; `npm run bench -- NAME…` runs some. */
export const sections: Readonly<Record<string, Section>> = {
  requests,
};
