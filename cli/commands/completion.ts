import type { Command } from '../command.ts';
import { completions } from '../completion.ts';

export const completionCommand: Command = {
  summary: 'Print a script that completes commands, triggers and options in a shell',
  details: 'It works for the installed command `crm-triggers`.',
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/crm-triggers',
    'completion zsh > ~/.crm-triggers.zsh   # and in ~/.zshrc: source ~/.crm-triggers.zsh',
    'completion fish > ~/.config/fish/completions/crm-triggers.fish',
  ],
  words: [Object.keys(completions).join('|')],
  offline: true,
  async run(_, [shell], __, all = {}) {
    const text = completions[shell as keyof typeof completions](all);
    return { json: { shell, script: text }, text };
  },
};
