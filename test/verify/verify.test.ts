import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lacking, needs } from './platforms.ts';
import { runSteps, type Step } from './runner.ts';
import { checkNotDeployed, chosen, settingsOf, stacksOf } from './stage.ts';
import { steps } from './steps.ts';
import type { World } from './world.ts';

const world: Omit<World, 'signal'> = {
  platform: 'aws',
  stage: 'verify',
  run: 'R',
  cdk: async () => '',
  cdkReceiver: async () => '',
  state: {},
  undo: [],
};

const step = (name: string, more: Partial<Step> = {}): Step => ({
  name,
  proves: `${name} works`,
  needs: [],
  after: [],
  minutes: 1,
  fix: `repair ${name}`,
  run: async () => `${name} worked`,
  ...more,
});

/** Runs steps with a teardown that is only counted. */
async function runOf(
  some: readonly Step[],
  { platform = 'aws' as World['platform'], tearDown = async () => ['left: x'] } = {},
) {
  const printed: string[] = [];
  const stop = new AbortController();
  let tornDown = 0;
  const isProven = await runSteps(
    some,
    { ...world, platform },
    stop.signal,
    async () => {
      tornDown++;
      return tearDown();
    },
    (line) => printed.push(line.replace(/ {2}\([\d.]+ s\)/, '').trim()),
  );
  return { isProven, printed, tornDown };
}

describe('the table of steps', () => {
  test('has a claim, a time limit and a fix for each step', () => {
    for (const { name, proves, minutes, fix } of steps) {
      assert.match(name, /^[a-z-]+$/);
      assert.ok(proves.length > 20 && fix.length > 10, name);
      assert.ok(minutes > 0 && minutes <= 30, name);
    }
    assert.equal(new Set(steps.map(({ name }) => name)).size, steps.length);
  });

  test('lists only earlier steps in `after`', () => {
    for (const [index, { name, after }] of steps.entries())
      for (const earlier of after)
        assert.ok(
          steps.slice(0, index).some((one) => one.name === earlier),
          `${name} after ${earlier}`,
        );
  });

  test('skips no step on AWS, and gives a reason for each skipped step on an emulator', () => {
    for (const { name, needs: needed } of steps) {
      assert.equal(lacking('aws', needed), undefined, name);
      for (const platform of ['ministack', 'localstack'] as const) assert.notEqual(lacking(platform, needed), '', name);
    }
  });

  test('uses each feature in a step', () => {
    const used = new Set(steps.flatMap((one) => one.needs));
    assert.deepEqual(
      new Set<string>(Object.keys(needs).filter((need) => need !== 'change sets')),
      new Set([...used].filter((need) => need !== 'change sets')),
    );
  });
});

describe('a run of the steps', () => {
  test('prints the result of each step, tears down and succeeds', async () => {
    const { isProven, printed, tornDown } = await runOf([step('one'), step('two', { after: ['one'] })]);
    assert.deepEqual([isProven, tornDown], [true, 1]);
    assert.deepEqual(printed, [
      '✓ one           one worked',
      '✓ two           two worked',
      '✓ destroy       all stacks of the stage are deleted',
      'left: x',
      '2 proven, 0 skipped, 0 failed.',
    ]);
  });

  test('skips the steps that need a failed step, tears down and fails', async () => {
    const fails = step('one', {
      run: async () => {
        throw new Error('no\nresponse');
      },
    });
    const { isProven, printed, tornDown } = await runOf([fails, step('two', { after: ['one'] }), step('three')]);
    assert.deepEqual([isProven, tornDown], [false, 1]);
    assert.deepEqual(printed.slice(0, 3), [
      '✗ one           failed: no response. Fix: repair one',
      '– two           skipped: it needs the step one',
      '✓ three         three worked',
    ]);
    assert.equal(printed.at(-1), '1 proven, 1 skipped, 1 failed.');
  });

  test('skips steps that need a missing feature of the emulator, and succeeds', async () => {
    const { isProven, printed } = await runOf([step('one', { needs: ['pollers'] })], { platform: 'ministack' });
    assert.equal(isProven, true);
    assert.equal(printed[0], `– one           skipped: ${needs.pollers.ministack}`);
  });

  test('fails when a stack cannot be deleted, and names the stack', async () => {
    const tearDown = () => Promise.reject(new Error('CrmTriggers-verify: DELETE_FAILED'));
    const { isProven, printed } = await runOf([step('one')], { tearDown });
    assert.equal(isProven, false);
    assert.match(printed[1] ?? '', /^✗ destroy +failed: CrmTriggers-verify: DELETE_FAILED/);
    assert.equal(printed.at(-1), '1 proven, 0 skipped, 1 failed.');
  });

  test('fails a step at its time limit', async () => {
    const waits = step('one', {
      minutes: 0.001,
      run: async ({ signal }) => {
        await sleep(60_000, undefined, { signal }).catch(() => {});
        throw new Error('it waited for a call');
      },
    });
    const { isProven, printed } = await runOf([waits]);
    assert.equal(isProven, false);
    assert.equal(
      printed[0],
      '✗ one           failed: not done in 0.001 minutes: it waited for a call. Fix: repair one',
    );
  });

  test('starts no step after it is stopped, tears down and fails', async () => {
    const stop = new AbortController();
    const begun: string[] = [];
    const one = step('one', {
      run: async () => {
        begun.push('one');
        stop.abort(new Error('stopped'));
        return 'one worked';
      },
    });
    const two = step('two', {
      run: async () => {
        begun.push('two');
        return '';
      },
    });
    let tornDown = 0;
    const end = async () => {
      tornDown++;
      return [];
    };
    assert.equal(await runSteps([one, two], world, stop.signal, end, () => {}), false);
    assert.deepEqual([begun, tornDown], [['one'], 1]);
  });
});

describe('the stage', () => {
  test('must be given, and must not be the stage of production', () => {
    assert.deepEqual(chosen(['--stage', 'verify']), { stage: 'verify', emulator: false });
    assert.deepEqual(chosen(['--stage', 'verify', '--emulator']), { stage: 'verify', emulator: true });
    assert.equal(chosen(['--help']), undefined);
    for (const [args, message] of [
      [[], /--stage is missing/],
      [['--stage', 'a b'], /"a b" is not a valid stage name/],
      [['--stage', 'main'], /has the same stack name as production/],
      [['--stages', 'verify'], /Unknown option '--stages'/],
    ] as const)
      assert.throws(() => chosen(args), message);
  });

  test('is rejected when its settings keep data', () => {
    assert.deepEqual(settingsOf('verify', {}), { keepData: false });
    assert.deepEqual(settingsOf('verify', { verify: { keepData: false } }), { keepData: false });
    for (const kept of [
      {},
      { keepData: true },
      { keepData: false, deletionProtection: true },
      { keepData: false, tables: {} },
    ])
      assert.throws(() => settingsOf('verify', { verify: kept }), /keeps its data by its settings in cdk\.json/);
  });

  test('is rejected when one of its stacks is deployed', async () => {
    await checkNotDeployed('verify', async () => undefined);
    for (const stack of stacksOf('verify'))
      await assert.rejects(
        checkNotDeployed('verify', async (name) => (name === stack ? 'UPDATE_COMPLETE' : undefined)),
        new RegExp(`The stack ${stack} exists \\(UPDATE_COMPLETE\\)`),
      );
  });
});
