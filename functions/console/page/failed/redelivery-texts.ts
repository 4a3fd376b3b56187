import type { Redelivery } from '../../api/failed-routes.ts';
import { redeliverTexts } from '../texts/lists.ts';

export const accepted = ({ chosen }: Redelivery) => chosen.filter(({ rejected }) => rejected === undefined);

/** The result of a redelivery. */
export function summary(redelivery: Redelivery): string {
  const sent = redeliverTexts.sent(accepted(redelivery).length, redelivery.chosen.length);
  return [sent, rejections(redelivery)].filter(Boolean).join(' ');
}

/** The reasons why notifications are not sent, each reason once. */
export function rejections({ chosen }: Redelivery): string {
  const byReason = Map.groupBy(chosen, ({ rejected }) => rejected);
  return [...byReason]
    .flatMap(([reason, group]) => (reason === undefined ? [] : [redeliverTexts.notSent(which(group), reason)]))
    .join(' ');
}

function which(group: Redelivery['chosen']): string {
  const [first] = group;
  return first && group.length === 1 ? first.id : redeliverTexts.notifications(group.length);
}
