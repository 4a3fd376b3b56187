import { isTrigger, triggers } from '../../../core/entity.ts';
import { tableTexts } from '../texts.ts';
import { parameterInHash } from './address.ts';

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

export const triggerChoices = [
  [undefined, tableTexts.all] as const,
  ...triggers.map((trigger) => [trigger, trigger] as const),
];

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

/** The trigger of a fragment such as `#log?trigger=task.edit`. */
export function triggerInHash() {
  const name = parameterInHash('trigger');
  return isTrigger(name) ? name : undefined;
}
