import { capital } from '../../core/capital.ts';
import { entities, entityNames, type Trigger } from '../../core/entity.ts';
import type { TriggerStatus } from '../../operations/trigger-status.ts';
import { ask } from './api.ts';
import { MOST, useLastDays } from './last-day.tsx';
import { REFRESH_MS, useLoad } from './load.ts';
import { sampleIds, sampleString } from './preview.ts';
import { TriggerRow } from './trigger-row.tsx';

interface Response {
  readonly triggers: readonly TriggerStatus[];
  readonly rules: Parameters<typeof TriggerRow>[0]['rules'];
  /** `null`: not known. */
  readonly queued: number | null;
}

/** The tab as the manual has it: an area for each entity, a text entry for each action. */
export function TriggersView() {
  const { value, error, reload } = useLoad(() => ask<Response>('GET', '/triggers'), '', REFRESH_MS);
  const { dayOf, isCut } = useLastDays();
  return (
    <>
      <p class="lead">
        Set the URL to call when somebody creates, edits or deletes CRM data. It is called with the formatted string,
        from 5 seconds later on.
      </p>
      {error && (
        <p class="banner bad" role="alert">
          {error}
        </p>
      )}
      {!value && !error && <p class="muted">Loading …</p>}
      {value &&
        entityNames.map((entity) => {
          const [first] = entities[entity].actions;
          const sample = `${entity}.${first}` as Trigger;
          return (
            <section key={entity} class="area" aria-labelledby={`area-${entity}`}>
              <div class="area-head">
                <h2 id={`area-${entity}`}>{capital(entity)}</h2>
                <p>
                  <code>{sampleString(sample)}</code>{' '}
                  <span class="muted">{sampleIds(sample).map(describeId).join(', ')}</span>
                </p>
              </div>
              {value.triggers
                .filter(({ trigger }) => trigger.startsWith(`${entity}.`))
                .map((line) => (
                  <TriggerRow
                    key={line.trigger}
                    line={line}
                    day={dayOf(line.trigger)}
                    rules={value.rules}
                    reload={reload}
                  />
                ))}
            </section>
          );
        })}
      {value?.queued ? (
        <p class="muted">
          {value.queued === 1 ? '1 message is' : `${value.queued} messages are`} in the delivery queue, including those
          waiting for retry.
        </p>
      ) : null}
      {isCut && <p class="muted">The charts count the latest {MOST} attempts.</p>}
    </>
  );
}

const describeId = ([name, value]: readonly [string, string]) =>
  `${value}: the ${name.replace(/ID$/, '').toLowerCase()}'s id`;
