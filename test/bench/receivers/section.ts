import type { Figures, Ratio } from '../figures.ts';
import { type Course, deliverThrottled, type Situation } from './throttled.ts';

/** What each receiver allows. It responds to the other calls with 429. */
const situations: readonly Omit<Situation, 'pollers'>[] = [
  { count: 300, perSecond: 5 },
  { count: 3_000, perSecond: 50 },
];

/** Runs differ in what pollers, tables and chance do. The ratios are those of the worst run. */
const SEEDS = [1, 2, 3];

/** The batches that Lambda begins with, and the default of the setting `deliverConcurrency`. */
const POLLERS = [5, 100];

/** Notifications that are sent at once to a receiver that throttles, in the model's time. */
export async function receivers(quick: boolean): Promise<Figures> {
  const ratios: Ratio[] = [];
  const rows: Record<string, string | number>[] = [];
  for (const { count, perSecond } of situations) {
    const courses: (Course & { readonly pollers: number })[] = [];
    for (const pollers of POLLERS)
      for (const seed of quick ? [1] : SEEDS) {
        const situation = { count: quick ? count / 10 : count, perSecond, pollers };
        courses.push({ pollers, ...(await deliverThrottled(situation, seed)) });
      }
    const what = `${count.toLocaleString('en')} at ${perSecond}/s`;
    const most = (of: (course: Course) => number) => Math.max(...courses.map(of));
    ratios.push(
      { what: `time / ideal time, ${what}`, value: most(timeToIdeal), better: 'less', target: 1.3 },
      { what: `throttled calls / calls, ${what}`, value: most(throttledShare), better: 'less', target: 0.1 },
      { what: `moved to Failed, ${what}`, value: most(({ failed }) => failed), better: 'less', target: 0 },
    );
    for (const course of courses)
      rows.push({
        situation: what,
        'batches at once': course.pollers,
        'ideal, s': course.idealSeconds,
        'time, s': course.seconds,
        calls: course.calls,
        'throttled in the first 2 s': course.throttledFirst,
        'throttled later': course.throttled - course.throttledFirst,
        failed: course.failed,
      });
  }
  return {
    ratios,
    tables: [{ title: 'Receivers that throttle: the real deliver and drain, in the time of a model', rows }],
  };
}

const timeToIdeal = ({ seconds, idealSeconds }: Course) => seconds / idealSeconds;
const throttledShare = ({ throttled, calls }: Course) => throttled / calls;
