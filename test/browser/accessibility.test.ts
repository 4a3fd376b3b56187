import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { rotateSecret, setHeader } from '../../functions/operations/signing-secrets.ts';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { button, field, openDetails, row } from './locators.ts';
import { addFailed, addOperationsData, addSampleData, sampleAlarms } from './sample-data.ts';
import { servedPage } from './served-page.ts';

const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url));

let browser: Browser;
before(async () => {
  await mkdir(screenshots, { recursive: true });
  browser = await startChromium();
});
after(() => browser.close());

test('every action works by keyboard, and the focus is visible', async () => {
  await using served = await servedPage(browser);
  const page = await served.open();
  await field(page, 'customer.create').waitFor();
  const focused = () => page.evaluate('document.activeElement.innerText') as Promise<string>;
  const focusOn = (name: string) =>
    until(`the focus is on ${name}`, async () => (await focused()).replace(/\s+/g, ' ') === name, 15_000);
  const tabTo = async (name: string) => {
    // If the element is shown later, Tab leaves the last element before it is there, and the focus is on the window.
    await until(`${name} is shown`, () => page.evaluate(`(${isShown})(${JSON.stringify(name)})`), 15_000);
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      const focused = (await page.evaluate(
        '[document.activeElement.innerText, document.activeElement.id, getComputedStyle(document.activeElement).outlineStyle]',
      )) as string[];
      assert.notEqual(focused[2], 'none', `the focus is visible on ${focused[0] || focused[1]}`);
      if (focused.some((text) => text.replace(/\s+/g, ' ') === name)) return;
    }
    assert.fail(`Tab does not reach ${name}`);
  };
  await tabTo('Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate('document.activeElement.id'), 'main');
  await tabTo('customer-create');
  await page.keyboard.type('https://example.com/');
  await page.keyboard.press('Enter');
  await row(page, 'customer.create').getByText('Saved.').waitFor();
  await tabTo('Details of customer.create');
  await page.keyboard.press('Enter');
  await tabTo('Test customer.create');
  await page.keyboard.press('Enter');
  await row(page, 'customer.create').getByText('Delivered: HTTP 200 after 42 ms').waitFor();
  await tabTo('Settings of customer.create');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await focusOn('Settings of customer.create');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo('Replace');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: /^Replace/ }).waitFor();
  await page.keyboard.press('Escape');
  await focusOn('Replace');
  await page.keyboard.press('Escape');

  await field(page, 'customer.create').fill('https://example.com/2');
  await button(page, 'customer.create', 'Save').press('Enter');
  await row(page, 'customer.create').getByText('Saved.').waitFor();
  assert.equal(await page.evaluate('document.activeElement.id'), 'customer-create', 'the focus stays in the field');
  const { id } = await addFailed(served, { trigger: 'customer.create' });
  await page.getByRole('link', { name: 'Failed', exact: true }).press('Enter');
  await page.getByLabel(`Select ${id}`).press('Space');
  await page.getByRole('button', { name: 'Redeliver 1' }).press('Enter');
  await page.getByText('1 will be sent again').waitFor();
  await focusOn('Send');
  await page.keyboard.press('Enter');
  await page.getByText('1 of 1 sent again.').waitFor();

  addOperationsData(served);
  await page.getByRole('link', { name: 'Operations', exact: true }).press('Enter');
  await tabTo('Run the checks');
  await page.keyboard.press('Enter');
  await page.getByText('Not checked here').waitFor();
  await tabTo('List dead letters');
  await page.keyboard.press('Enter');
  await tabTo('Send back');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Send 2 dead letters back?' }).waitFor();
  await page.keyboard.press('Escape');
  await focusOn('Send back');
  await tabTo('Count the rows');
  await page.keyboard.press('Enter');
  await page.getByText('customer.create: 0 rows match.').waitFor();
});

/** Evaluated in the page: whether there is an enabled control with this text or ID. */
const isShown = `(name) => [...document.querySelectorAll('a, button, input, select, textarea')].some(
  (control) => !control.disabled && [control.id, control.innerText.replace(/\\s+/g, ' ')].includes(name),
)`;

/** Opens the dialog with a trigger's secret and headers. */
async function openSettings(page: Page): Promise<void> {
  await openDetails(page, 'task.edit');
  await button(page, 'task.edit', 'Settings').click();
  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.getByRole('button', { name: 'Hide' }).waitFor();
}

async function openDetail(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Detail' }).first().click();
  await page.getByText(/^curl/).waitFor();
}

/** Each view and each dialog: its name, its address, and what is done there before it is checked. */
const scenes: readonly [name: string, hash: string, prepare?: (page: Page) => Promise<void>][] = [
  [
    'triggers',
    '',
    async (page) => {
      await field(page, 'task.delete').fill('nonsense');
      await row(page, 'task.delete').getByText('does not begin with').waitFor();
    },
  ],
  [
    'trigger-details',
    '#triggers?open=task.edit,case.create',
    async (page) => {
      await button(page, 'task.edit', 'Test').click();
      await row(page, 'task.edit').getByText('Delivered:').waitFor();
    },
  ],
  ['problems', '#triggers?problems=only'],
  [
    'pause-all',
    '',
    async (page) => {
      await page.getByRole('button', { name: 'Pause all' }).click();
      await page.getByRole('dialog', { name: /^Pause/ }).waitFor();
    },
  ],
  ['settings', '', openSettings],
  [
    'limit-and-token',
    '',
    async (page) => {
      await openSettings(page);
      await page.getByLabel('Most calls per second').fill('fast');
      await page.getByLabel('Most calls per second').press('Enter');
      await page.getByRole('button', { name: 'Create token' }).click();
      await page.getByText(/^crmpull_/).scrollIntoViewIfNeeded();
    },
  ],
  [
    'revoke-token',
    '',
    async (page) => {
      await openSettings(page);
      await page.getByRole('button', { name: 'Revoke token' }).click();
      await page.getByRole('dialog', { name: /^Revoke/ }).waitFor();
    },
  ],
  [
    'import',
    '',
    async (page) => {
      await page.getByRole('button', { name: 'Import' }).click();
      const file = { 'task.edit': { url: null, maxPerSecond: 5 }, 'task.delete': 'https://example.com/deleted' };
      const buffer = Buffer.from(JSON.stringify(file));
      await page.getByLabel('File').setInputFiles({ name: 'urls.json', mimeType: 'application/json', buffer });
      await page.getByRole('button', { name: 'Make 3 changes' }).waitFor();
    },
  ],
  [
    'expire-secret',
    '',
    async (page) => {
      await openSettings(page);
      await page.getByRole('button', { name: 'Expire the old one now' }).click();
      await page.getByRole('dialog', { name: /^Expire/ }).waitFor();
    },
  ],
  [
    'replace-secret',
    '',
    async (page) => {
      await openSettings(page);
      await page.getByRole('button', { name: 'Replace' }).click();
      await page.getByRole('dialog', { name: /^Replace/ }).waitFor();
    },
  ],
  [
    'remove-header',
    '',
    async (page) => {
      await openSettings(page);
      await page.getByRole('button', { name: 'Remove x-token' }).click();
      await page.getByRole('dialog', { name: /^Remove/ }).waitFor();
    },
  ],
  [
    'clear-url',
    '',
    async (page) => {
      await field(page, 'case.create').fill('');
      await field(page, 'case.create').press('Enter');
      await page.getByRole('dialog', { name: /^Clear/ }).waitFor();
    },
  ],
  ['failed', '#failed'],
  ['failed-detail', '#failed', openDetail],
  [
    'redeliver',
    '#failed',
    async (page) => {
      await page.getByRole('button', { name: /^Redeliver all/ }).click();
      await page.getByText('1 will be sent again').waitFor();
    },
  ],
  ['log', '#log'],
  ['log-detail', '#log?outcome=failed', openDetail],
  ['history', '#history'],
  ['operations', '#operations', alarmsShown],
  [
    'doctor',
    '#operations',
    async (page) => {
      await page.getByRole('button', { name: 'Run the checks' }).click();
      await page.getByText('Not checked here').waitFor();
    },
  ],
  ['dead-letters', '#operations', listLetters],
  [
    'send-back',
    '#operations',
    async (page) => {
      await listLetters(page);
      await page.getByRole('button', { name: 'Send back' }).click();
      await page.getByRole('dialog', { name: /^Send .+ back\?$/ }).waitFor();
    },
  ],
  [
    'backfill',
    '#operations?backfill=task.edit',
    async (page) => {
      await page.getByRole('button', { name: 'Count the rows' }).click();
      await page.getByText('task.edit: 3 rows match.').waitFor();
    },
  ],
  [
    'start-backfill',
    '#operations?backfill=task.edit',
    async (page) => {
      await page.getByText(/^The table has about/).waitFor();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByRole('dialog', { name: 'Backfill task.edit?' }).waitFor();
    },
  ],
];

async function alarmsShown(page: Page): Promise<void> {
  await page.getByText('What to do:').first().waitFor();
}

async function listLetters(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'List dead letters' }).click();
  await page
    .getByRole('cell', { name: /^it was received too often/ })
    .first()
    .waitFor();
}

/** Evaluated in the page: what axe finds, and by how much the page and its dialogs are too wide. */
const CHECK = `(async () => {
  const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const inDialog = Math.max(0, ...[...document.querySelectorAll('dialog')].map((d) => d.scrollWidth - d.clientWidth));
  const sizes = { width: innerWidth, scrolled: document.documentElement.scrollWidth, inDialog };
  const { violations } = await axe.run({ resultTypes: ['violations'] });
  return { theme, ...sizes, violations: violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]) };
})()`;

interface Found {
  readonly violations: readonly unknown[];
  readonly theme: string;
  readonly width: number;
  readonly scrolled: number;
  readonly inDialog: number;
}

const looks = [360, 1280].flatMap((width) => (['light', 'dark'] as const).map((theme) => ({ width, theme })));

test('axe finds no problem in any view and dialog, in light and dark, at 360 and at 1280 pixels', async () => {
  await using served = await servedPage(browser, { alarms: sampleAlarms });
  await addSampleData(served);
  addOperationsData(served);
  await setHeader(served.deps, 'task.edit', 'x-token', 'v');
  await rotateSecret(served.deps, 'task.edit');
  for (const [name, hash, prepare] of scenes) {
    // Each scene is prepared once, on the narrow page: the other tests use the page at 1280 pixels.
    const page = await served.open(hash, { viewport: { width: 360, height: 900 } });
    await page.locator('.row, tbody tr, .panel').first().waitFor();
    await prepare?.(page);
    await page.evaluate(axe.source);
    for (const { width, theme } of looks) {
      const where = `${name}, ${theme}, ${width} pixels`;
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${screenshots}${name}-${width}-${theme}.png` });
      const found = (await page.evaluate(CHECK)) as Found;
      assert.deepEqual([found.theme, found.width], [theme, width], where);
      assert.ok(found.scrolled <= width, `${where}: fits`);
      assert.equal(found.inDialog, 0, `${where}: the dialog fits`);
      assert.deepEqual(found.violations, [], where);
    }
    await page.context().close();
  }
  assert.deepEqual(served.browserErrors, []);
});
