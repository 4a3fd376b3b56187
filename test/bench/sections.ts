import { capture } from './capture/section.ts';
import { deliver } from './deliver/section.ts';
import type { Section } from './figures.ts';
import { start } from './start/section.ts';

/** The parts of the bench in the order in which they run; `npm run bench -- NAME…` runs some. */
export const sections: Readonly<Record<string, Section>> = { deliver, capture, start };
