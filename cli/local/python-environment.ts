import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folder } from '../../infra/folders.ts';
import { exists, fetched, installationError } from './fetched.ts';
import { run } from './process.ts';

const ministack = join(import.meta.dirname, 'ministack.txt');

/** The folder of an environment. Its name contains the hash of the requirements, so that an upgrade makes a new one. */
function homeOf(requirements: string): string {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(folder, `${basename(requirements, '.txt')}-${version}`);
}

/** The Python of a virtual environment. */
const pythonOf = (home: string) =>
  process.platform === 'win32' ? join(home, 'Scripts', 'python.exe') : join(home, 'bin', 'python');

/** Fails in a Python that is too old or cannot make virtual environments. */
const PROBE = 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.executable)';

/** A way to make a virtual environment and to install packages into it. The first with a successful `probe` is used. */
interface Maker {
  probe(): Promise<string>;
  make(python: string, home: string, requirements: string, signal: AbortSignal): Promise<void>;
}

/** Fails in a Python whose pip cannot install into another environment. */
const PIP_PROBE =
  'import sys, venv, pip; assert sys.version_info >= (3, 10) and int(pip.__version__.split(".")[0]) >= 23';

/** pip compiles all modules, but MiniStack needs few of them. */
const install = ['install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-compile', '--require-hashes'];

/** Installs with the pip of the Python itself: a third of the time, because the environment needs no pip of its own. */
const withPip = (python: string): Maker => ({
  probe: async () => (await run(python, ['-c', `${PIP_PROBE}; print(sys.executable)`])).trim(),
  async make(found, home, requirements, signal) {
    await run(found, ['-m', 'venv', '--without-pip', home], {}, signal);
    await run(found, ['-m', 'pip', '--python', pythonOf(home), ...install, '-r', requirements], {}, signal);
  },
});

const withVenv = (python: string): Maker => ({
  probe: async () => (await run(python, ['-c', PROBE])).trim(),
  async make(found, home, requirements, signal) {
    await run(found, ['-m', 'venv', home], {}, signal);
    await run(pythonOf(home), ['-m', 'pip', ...install, '-r', requirements], {}, signal);
  },
});

const makers: readonly Maker[] = [
  ...['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'].flatMap((python) => [
    withPip(python),
    withVenv(python),
  ]),
  {
    probe: () => run('uv', ['--version']),
    async make(_, home, requirements, signal) {
      await run('uv', ['venv', '--quiet', '--python', '>=3.10', home], {}, signal);
      const into = ['--python', pythonOf(home)];
      await run('uv', ['pip', 'install', '--quiet', ...into, '--require-hashes', '-r', requirements], {}, signal);
    },
  },
  {
    // pipx includes a Python.
    probe: async () => (await run('pipx', ['environment', '--value', 'PIPX_DEFAULT_PYTHON'])).trim(),
    make: (python, ...more) => withVenv(python).make(python, ...more),
  },
];

/**
 * The Python of a virtual environment inside the project, which is made at the first call.
 *
 * @param requirements A file of packages that are pinned by hashes. Each file has a separate environment.
 * @returns Its path, or `undefined` when this machine has no Python 3.10 or newer.
 * @throws {UserError} When the installation fails.
 */
export async function ministackPython(signal: AbortSignal, requirements = ministack): Promise<string | undefined> {
  const home = homeOf(requirements);
  const python = pythonOf(home);
  if (await exists(python)) return python;
  for (const maker of makers) {
    const found = await maker.probe().catch(() => undefined);
    if (found === undefined) continue;
    await installWith(maker, found, home, requirements, signal);
    return python;
  }
  return undefined;
}

async function installWith(
  maker: Maker,
  python: string,
  home: string,
  requirements: string,
  signal: AbortSignal,
): Promise<void> {
  const [, size = ''] = /^# Download: (.+)$/m.exec(readFileSync(requirements, 'utf8')) ?? [];
  const name = `${basename(requirements, '.txt')} from PyPI${size && ` (${size})`}`;
  try {
    await fetched(home, name, (into) => maker.make(python, into, requirements, signal));
  } catch (error) {
    signal.throwIfAborted();
    const what = `The packages in ${basename(requirements)}`;
    throw installationError(what, error, `the connection to PyPI (PIP_INDEX_URL, proxy) and ${python.trim()}`);
  }
}
