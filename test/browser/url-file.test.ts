import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { VIEWERS } from '../../functions/console/sign-in.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { changeSettings } from '../../functions/operations/trigger-settings.ts';
import { startChromium } from './chromium.ts';
import { row } from './locators.ts';
import { servedPage } from './served-page.ts';
import { signedInPage } from './signed-in-page.ts';

const URL = 'https://example.com/hook';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

async function exported(page: Page): Promise<Record<string, unknown>> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'crm-triggers.json');
  return JSON.parse(await readFile(await download.path(), 'utf8'));
}

/** Opens the dialog and chooses a file. */
async function choose(page: Page, content: string) {
  const dialog = page.getByRole('dialog', { name: 'Import URLs and settings' });
  if ((await dialog.count()) === 0) await page.getByRole('button', { name: 'Import' }).click();
  const buffer = Buffer.from(content);
  await dialog.getByLabel('File').setInputFiles({ name: 'urls.json', mimeType: 'application/json', buffer });
  return dialog;
}

describe('the file with all URLs on the page', () => {
  test('shows the changes of a file as a diff, and makes them only after the confirmation', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'task.edit', `${URL}?token=MARKER`);
    await set(served.deps, 'task.create', URL);
    await changeSettings(served.deps, 'task.edit', { maxPerSecond: 5 });
    const page = await served.open();
    const file = await exported(page);
    assert.deepEqual(
      [file['task.edit'], file['task.create'], file['task.delete']],
      [{ url: `${URL}?token=***`, maxPerSecond: 5 }, URL, null],
    );
    const changed = {
      ...file,
      'task.edit': { url: `${URL}?token=***`, maxPerSecond: 0.5, coalesce: true },
      'task.create': null,
      'task.delete': `${URL}/deleted`,
    };
    const dialog = await choose(page, JSON.stringify(changed));
    const diff = dialog.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    await diff.first().waitFor();
    assert.deepEqual(
      (await diff.allTextContents()).map((line) => line.replace(/^. (removed|added): /, '$1 ')),
      [
        `removed task.create ${URL}`,
        'removed task.edit at most 5/s',
        'added task.edit at most 0.5/s',
        'added task.edit merges pending edits',
        `added task.delete ${URL}/deleted`,
      ],
    );
    await dialog.getByText('Pending notifications of a cleared URL move to Failed.').waitFor();
    const now = (trigger: Trigger) => served.triggersTable.items.get(trigger);
    assert.deepEqual([now('task.edit')?.maxPerSecond, now('task.create')?.url], [5, URL], 'not yet');
    await dialog.getByRole('button', { name: 'Make 4 changes' }).click();
    await dialog.getByText('4 changes were made.').waitFor();
    const { url, maxPerSecond, coalesce } = now('task.edit') ?? {};
    assert.deepEqual([url, maxPerSecond, coalesce], [`${URL}?token=MARKER`, 0.5, true]);
    assert.deepEqual([now('task.create')?.url, now('task.delete')?.url], [undefined, `${URL}/deleted`]);
    await page.keyboard.press('Escape');
    assert.equal(await row(page, 'task.delete').getByRole('textbox').inputValue(), `${URL}/deleted`);
    await choose(page, JSON.stringify(changed));
    await dialog.getByText('Nothing to change: all is as in the file.').waitFor();
    assert.deepEqual(served.browserErrors, []);
  });

  test('rejects a file with an error, and a change of a URL that someone else changed meanwhile', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'task.edit', URL);
    const page = await served.open();
    const dialog = await choose(page, '{"task.undo": null}');
    await dialog.getByText('There is no trigger "task.undo"').waitFor();
    for (const text of ['{', '5']) {
      await choose(page, text);
      await dialog.getByText('The file is not JSON.').waitFor();
    }
    assert.equal(await dialog.getByRole('button', { name: /^Make/ }).count(), 0);
    await choose(page, JSON.stringify({ 'task.edit': null }));
    await dialog.getByRole('button', { name: 'Make 1 change' }).waitFor();
    await set(served.deps, 'task.edit', `${URL}/other`);
    await dialog.getByRole('button', { name: 'Make 1 change' }).click();
    await dialog.getByText('Someone else changed the URL for task.edit meanwhile.').waitFor();
    assert.equal(served.triggersTable.items.get('task.edit')?.url, `${URL}/other`);
  });

  test('can be exported by a viewer without credentials, and not imported', async () => {
    await using served = await signedInPage(browser, [VIEWERS]);
    await set(served.deps, 'task.edit', `${URL}?token=MARKER`);
    await served.page.goto(served.origin);
    assert.equal((await exported(served.page))['task.edit'], `${URL}?token=***`);
    assert.equal(await served.page.getByRole('button', { name: 'Import' }).count(), 0);
  });
});
