import { mayChange } from '../shared/role.ts';
import { appTexts } from '../texts/app.ts';
import { operationsTexts } from '../texts/operations.ts';
import { Alarms } from './alarms.tsx';
import { Backfill } from './backfill.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Doctor } from './doctor.tsx';

/** The alarms, the checks, the dead letters and backfills. */
export function OperationsView() {
  return (
    <section aria-labelledby="operations-title">
      <h2 id="operations-title">{appTexts.operations}</h2>
      <p class="lead">{operationsTexts.lead}</p>
      <Alarms />
      {mayChange() ? (
        <>
          <Doctor />
          <DeadLetters />
          <Backfill />
        </>
      ) : (
        <p class="muted">{operationsTexts.adminsOnly}</p>
      )}
    </section>
  );
}
