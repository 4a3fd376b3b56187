import { triggers } from '../../core/entity.ts';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  /** Values and their words; the empty value means all. */
  readonly of: readonly (readonly [value: string, words: string])[];
  readonly choose: (value: string) => void;
}

export function Choice({ label, value, of, choose }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {of.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

export const triggerChoices = [['', 'all'] as const, ...triggers.map((trigger) => [trigger, trigger] as const)];

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly search: (value: string) => void;
}

export function Search({ label, value, search }: SearchProps) {
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

/** What a fragment such as `#log?trigger=task.edit` asks for. */
export function asked(name: string): string {
  return new URLSearchParams(location.hash.split('?')[1] ?? '').get(name) ?? '';
}
