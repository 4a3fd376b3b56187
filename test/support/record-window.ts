/**
 * The seconds of a window of the record limit that contains the next hours. Windows are counted from 1970, so with a
 * fixed number of seconds some runs of a test would reach the end of a window, and the counts would start again.
 *
 * @param now In epoch milliseconds.
 */
export function windowThatLasts(now = Date.now()): number {
  const left = (perSeconds: number) => perSeconds - (Math.floor(now / 1000) % perSeconds);
  const lengths = Array.from({ length: 1000 }, (_, n) => 86_400 - n);
  return lengths.reduce((best, length) => (left(length) > left(best) ? length : best));
}
