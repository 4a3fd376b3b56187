import { type Command, type Commands, generalOptions, optionRows, options } from './command.ts';
import { wordsOf } from './values.ts';

/** The scripts that complete command lines, by shell. They are made of the table of commands. */
export const completions = { bash, zsh, fish } as const satisfies Record<string, (commands: Commands) => string>;

const rowsOf = (command: Command) => [...optionRows(command), ...Object.entries(generalOptions)];

/** Options with a value: `--outcome`, and the words of their values. */
const valued = Object.entries({ ...options, ...generalOptions })
  .filter(([, [placeholder]]) => placeholder !== '')
  .map(([name, [placeholder]]) => [`--${name}`, wordsOf(placeholder)] as const);

function bash(commands: Commands): string {
  return `${common(commands)}
_crm_triggers() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$(_crm_triggers_words "$current" "\${COMP_WORDS[@]:1:COMP_CWORD-1}")" -- "$current"))
}
complete -o default -F _crm_triggers crm-triggers`;
}

function zsh(commands: Commands): string {
  return `#compdef crm-triggers
${common(commands)}
_crm_triggers() {
  local -a found
  found=(\${=$(_crm_triggers_words "\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}")})
  if (( \${#found} )); then compadd -- "\${found[@]}"; else _files; fi
}
compdef _crm_triggers crm-triggers`;
}

/** A function for bash and zsh. It prints the words that can follow. Its arguments are the current word, and the words before. */
function common(commands: Commands): string {
  const places = Object.entries(commands).flatMap(([name, { words }]) =>
    words.flatMap((word, place) => branch(`"${name} ${place}"`, wordsOf(word))),
  );
  const optionsOf = Object.entries(commands).flatMap(([name, command]) =>
    branch(
      name,
      rowsOf(command).map(([option]) => `--${option}`),
    ),
  );
  return `_crm_triggers_words() {
  local current="$1" command='' place=0 option='' word
  shift
  for word in "$@"; do
    if [ -n "$option" ]; then option=''; continue; fi
    case "$word" in
      ${valued.map(([name]) => name).join('|')}) option="$word" ;;
      -*) ;;
      *) if [ -z "$command" ]; then command="$word"; else place=$((place + 1)); fi ;;
    esac
  done
  case "$option" in
    ${lines(valued.flatMap(([name, words]) => branch(name, words)))}
    ?*) return ;;
  esac
  if [ -n "$option" ]; then return; fi
  case "$current" in
    -*) case "$command" in
    ${lines(optionsOf)}
    esac ;;
    *) case "$command $place" in
    ${lines([...branch('" 0"', Object.keys(commands)), ...places])}
    esac ;;
  esac
}`;
}

const branch = (pattern: string, words: readonly string[]) =>
  words.length === 0 ? [] : [`${pattern}) echo '${words.join(' ')}' ;;`];

const lines = (text: readonly string[]) => text.join('\n    ');

function fish(commands: Commands): string {
  const names = Object.keys(commands).join(' ');
  const first = Object.entries(commands).map(
    ([name, { summary }]) =>
      `complete -c crm-triggers -n 'not __fish_seen_subcommand_from ${names}' -f -a ${name} -d ${fishText(summary)}`,
  );
  return [...first, ...Object.entries(commands).flatMap(([name, command]) => fishCommand(name, command))].join('\n');
}

function fishCommand(name: string, command: Command): string[] {
  const seen = (words: readonly string[]) => `__fish_seen_subcommand_from ${words.join(' ')}`;
  const start = (condition: string) => `complete -c crm-triggers -n '${condition}'`;
  const words = command.words.flatMap((word, place) => {
    const own = wordsOf(word);
    const before = wordsOf(command.words[place - 1] ?? '');
    const condition = [seen([name]), ...(before.length > 0 ? [seen(before)] : []), `not ${seen(own)}`].join('; and ');
    return own.length === 0 ? [] : [`${start(condition)} -f -a '${own.join(' ')}'`];
  });
  const flags = rowsOf(command).map(([option, [placeholder, meaning]]) => {
    const value = placeholder === '' ? '' : ` -x -a '${wordsOf(placeholder).join(' ')}'`;
    return `${start(seen([name]))} -l ${option}${value} -d ${fishText(meaning)}`;
  });
  return [...words, ...flags];
}

const fishText = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
