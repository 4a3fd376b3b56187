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
async function played(
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
  test('says of each step what it proves, how long it may take and how to fix it', () => {
    for (const { name, proves, minutes, fix } of steps) {
      assert.match(name, /^[a-z-]+$/);
      assert.ok(proves.length > 20 && fix.length > 10, name);
      assert.ok(minutes > 0 && minutes <= 30, name);
    }
    assert.equal(new Set(steps.map(({ name }) => name)).size, steps.length);
  });

  test('names only earlier steps as those that a step needs', () => {
    for (const [index, { name, after }] of steps.entries())
      for (const earlier of after)
        assert.ok(
          steps.slice(0, index).some((one) => one.name === earlier),
          `${name} after ${earlier}`,
        );
  });

  test('skips nothing on AWS, and on an emulator only with a reason', () => {
    for (const { name, needs: needed } of steps) {
      assert.equal(lacking('aws', needed), undefined, name);
      for (const platform of ['ministack', 'localstack'] as const) assert.notEqual(lacking(platform, needed), '', name);
    }
  });

  test('has a step for each need', () => {
    const used = new Set(steps.flatMap((one) => one.needs));
    assert.deepEqual(
      new Set<string>(Object.keys(needs).filter((need) => need !== 'change sets')),
      new Set([...used].filter((need) => need !== 'change sets')),
    );
  });
});

describe('a run of the steps', () => {
  test('prints what each step proved, tears down and succeeds', async () => {
    const { isProven, printed, tornDown } = await played([step('one'), step('two', { after: ['one'] })]);
    assert.deepEqual([isProven, tornDown], [true, 1]);
    assert.deepEqual(printed, [
      '✓ one           one worked',
      '✓ two           two worked',
      '✓ destroy       all stacks of the stage are deleted',
      'left: x',
      '2 proven, 0 skipped, 0 failed.',
    ]);
  });

  test('skips what needs a step that failed, tears down all the same and does not succeed', async () => {
    const fails = step('one', {
      run: async () => {
        throw new Error('no\nresponse');
      },
    });
    const { isProven, printed, tornDown } = await played([fails, step('two', { after: ['one'] }), step('three')]);
    assert.deepEqual([isProven, tornDown], [false, 1]);
    assert.deepEqual(printed.slice(0, 3), [
      '✗ one           failed: no response. Fix: repair one',
      '– two           skipped: it needs the step one',
      '✓ three         three worked',
    ]);
    assert.equal(printed.at(-1), '1 proven, 1 skipped, 1 failed.');
  });

  test('skips on an emulator what the emulator lacks, with the reason, and succeeds', async () => {
    const { isProven, printed } = await played([step('one', { needs: ['pollers'] })], { platform: 'ministack' });
    assert.equal(isProven, true);
    assert.equal(printed[0], `– one           skipped: ${needs.pollers.ministack}`);
  });

  test('does not succeed when something cannot be deleted, and says what', async () => {
    const tearDown = () => Promise.reject(new Error('CrmTriggers-verify: DELETE_FAILED'));
    const { isProven, printed } = await played([step('one')], { tearDown });
    assert.equal(isProven, false);
    assert.match(printed[1] ?? '', /^✗ destroy +failed: CrmTriggers-verify: DELETE_FAILED/);
    assert.equal(printed.at(-1), '1 proven, 0 skipped, 1 failed.');
  });

  test('fails a step that takes longer than its time', async () => {
    const waits = step('one', {
      minutes: 0.001,
      run: async ({ signal }) => {
        await sleep(60_000, undefined, { signal }).catch(() => {});
        throw new Error('it waited for a call');
      },
    });
    const { isProven, printed } = await played([waits]);
    assert.equal(isProven, false);
    assert.equal(
      printed[0],
      '✗ one           failed: not done in 0.001 minutes: it waited for a call. Fix: repair one',
    );
  });

  test('begins no step after it was stopped, tears down and does not succeed', async () => {
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
  test('is named, and is never that of production', () => {
    assert.deepEqual(chosen(['--stage', 'verify']), { stage: 'verify', emulator: false });
    assert.deepEqual(chosen(['--stage', 'verify', '--emulator']), { stage: 'verify', emulator: true });
    assert.equal(chosen(['--help']), undefined);
    for (const [args, message] of [
      [[], /No stage is named/],
      [['--stage', 'a b'], /"a b" cannot be a stage/],
      [['--stage', 'main'], /has the stack of production/],
      [['--stages', 'verify'], /Unknown option '--stages'/],
    ] as const)
      assert.throws(() => chosen(args), message);
  });

  test('is rejected when cdk.json says that it keeps data', () => {
    assert.deepEqual(settingsOf('verify', {}), { keepData: false });
    assert.deepEqual(settingsOf('verify', { verify: { keepData: false } }), { keepData: false });
    for (const kept of [
      {},
      { keepData: true },
      { keepData: false, deletionProtection: true },
      { keepData: false, tables: {} },
    ])
      assert.throws(() => settingsOf('verify', { verify: kept }), /keeps its data by cdk.json/);
  });

  test('is rejected when one of its stacks is deployed', async () => {
    await checkNotDeployed('verify', async () => undefined);
    for (const stack of stacksOf('verify'))
      await assert.rejects(
        checkNotDeployed('verify', async (asked) => (asked === stack ? 'UPDATE_COMPLETE' : undefined)),
        new RegExp(`The stack ${stack} exists \\(UPDATE_COMPLETE\\)`),
      );
  });
});
