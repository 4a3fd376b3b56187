import type { ComponentChildren } from 'preact';
import { isTrigger, triggers } from '../../../core/entity.ts';
import { tableTexts } from '../texts/lists.ts';
import { useParameter } from './address.ts';
import { useDebounced } from './load.ts';

const DEBOUNCE_MS = 300;

interface ChoiceProps<Value> {
  readonly label: string;
  readonly value: Value | undefined;
  /** `undefined` stands for all values. */
  readonly options: readonly (readonly [value: Value | undefined, text: string])[];
  readonly choose: (value: Value | undefined) => void;
}

export function Choice<Value extends string | number>({ label, value, options, choose }: ChoiceProps<Value>) {
  return (
    <label>
      {label}
      <select value={value ?? ''} onChange={(event) => choose(options[event.currentTarget.selectedIndex]?.[0])}>
        {options.map(([option = '', text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const triggerChoices = [
  [undefined, tableTexts.all] as const,
  ...triggers.map((trigger) => [trigger, trigger] as const),
];

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly search: (value: string) => void;
}

function Search({ label, value, search }: SearchProps) {
  return (
    <label>
      {label}
      <input
        type="search"
        value={value}
        autoComplete="off"
        spellcheck={false}
        onInput={(event) => search(event.currentTarget.value.trim())}
      />
    </label>
  );
}

interface MomentProps {
  readonly label: string;
  /** Epoch milliseconds as text; empty for none. */
  readonly value: string;
  readonly choose: (value: string) => void;
}

/** A date and a time in the zone of the browser. */
function Moment({ label, value, choose }: MomentProps) {
  return (
    <label>
      {label}
      <input
        type="datetime-local"
        value={/^\d{1,15}$/.test(value) ? localText(Number(value)) : ''}
        onChange={(event) => {
          const at = Date.parse(event.currentTarget.value);
          choose(Number.isNaN(at) ? '' : String(at));
        }}
      />
    </label>
  );
}

/** A time as an input of the type `datetime-local` has it. @param at Epoch milliseconds. */
function localText(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The filters that the log and Failed share. Their values are in the address. */
export function useFilters() {
  const [trigger, setTrigger] = useParameter('trigger');
  const [id, setId] = useParameter('id', true);
  const [since, setSince] = useParameter('since');
  const [until, setUntil] = useParameter('until');
  const times = /^\d{1,15}$/;
  const query = {
    trigger: isTrigger(trigger) ? trigger : undefined,
    id: useDebounced(id, DEBOUNCE_MS),
    since: times.test(since) ? since : undefined,
    until: times.test(until) ? until : undefined,
  };
  return { query, id, since, until, setTrigger, setId, setSince, setUntil };
}

interface FiltersProps {
  readonly filters: ReturnType<typeof useFilters>;
  /** Further filters of the view. */
  readonly children?: ComponentChildren;
}

export function Filters({ filters, children }: FiltersProps) {
  const { query, id, since, until, setTrigger, setId, setSince, setUntil } = filters;
  const view = location.hash.slice(1).split('?')[0];
  return (
    <div class="filters">
      <Choice
        label={tableTexts.trigger}
        value={query.trigger}
        options={triggerChoices}
        choose={(trigger) => setTrigger(trigger ?? '')}
      />
      {children}
      <Search label={tableTexts.id} value={id} search={setId} />
      <Moment label={tableTexts.from} value={since} choose={setSince} />
      <Moment label={tableTexts.until} value={until} choose={setUntil} />
      {location.hash.includes('?') && <a href={`#${view}`}>{tableTexts.clearFilters}</a>}
      <span class="muted">{tableTexts.zone(new Intl.DateTimeFormat().resolvedOptions().timeZone)}</span>
    </div>
  );
}
