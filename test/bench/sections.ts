import { capture } from './capture/section.ts';
import { cost } from './cost.ts';
import { deliver } from './deliver/section.ts';
import { endToEnd } from './end-to-end/end-to-end.ts';
import type { Section } from './figures.ts';
import { receivers } from './receivers/section.ts';
import { requests } from './requests/requests.ts';
import { scale } from './scale/scale.ts';
import { start } from './start/section.ts';

/** The parts of the bench in the order in which they run; `npm run bench -- NAME…` runs some. */
export const sections: Readonly<Record<string, Section>> = {
  deliver,
  capture,
  start,
  requests,
  cost,
  scale,
  receivers,
  'end-to-end': endToEnd,
};
