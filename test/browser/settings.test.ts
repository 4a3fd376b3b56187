import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Trigger } from '../../functions/core/entity.ts';
import { triggerOfToken } from '../../functions/operations/pull-tokens.ts';
import { set } from '../../functions/operations/set-url.ts';
import { changeSettings } from '../../functions/operations/trigger-settings.ts';
import { notification } from '../support/records.ts';
import { startChromium } from './chromium.ts';
import { button, openDetails, row } from './locators.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

async function openSettings(page: Page, trigger: Trigger) {
  await openDetails(page, trigger);
  await button(page, trigger, 'Settings').click();
  return page.getByRole('dialog', { name: trigger, exact: true });
}

describe('the limit and the merging on the page', () => {
  test('sets and removes the limit, and rejects a wrong one without a request', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'case.edit', 'https://example.com/');
    const page = await served.open();
    const dialog = await openSettings(page, 'case.edit');
    const limit = dialog.getByLabel('Most calls per second');
    const limitOf = () => served.triggersTable.items.get('case.edit')?.maxPerSecond;
    for (const wrong of ['fast', '0', '-1', '1001', '0,5']) {
      await limit.fill(wrong);
      await limit.press('Enter');
      await dialog
        .getByText('The limit of case.edit is not a number of calls per second from 0.001 to 1000.')
        .waitFor();
    }
    assert.equal(limitOf(), undefined);
    await limit.fill('0.5');
    await dialog.getByRole('button', { name: 'Save limit' }).click();
    await dialog.getByText('At most 0.5 calls per second.').waitFor();
    assert.equal(limitOf(), 0.5);
    await page.keyboard.press('Escape');
    await row(page, 'case.edit').getByText('at most 0.5/s').waitFor();
    await openSettings(page, 'case.edit');
    assert.equal(await limit.inputValue(), '0.5');
    await limit.fill('');
    await limit.press('Enter');
    await dialog.getByText('There is no limit.').waitFor();
    assert.equal(limitOf(), undefined);
    assert.deepEqual(served.browserErrors, []);
  });

  test('merges pending edits of triggers of edits, and says when not to', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    const dialog = await openSettings(page, 'case.edit');
    const merging = dialog.getByLabel('Merge pending edits of one record into one call');
    await dialog.getByText('Do not merge edits for a receiver that must see every edit').waitFor();
    await merging.check();
    await dialog.getByText('Pending edits are merged.').waitFor();
    assert.equal(served.triggersTable.items.get('case.edit')?.coalesce, true);
    await merging.uncheck();
    await dialog.getByText('Every edit is sent.').waitFor();
    assert.equal(served.triggersTable.items.get('case.edit')?.coalesce, undefined);
    await page.keyboard.press('Escape');
    const other = await openSettings(page, 'followup.create');
    await other.getByText('Only triggers of edits can merge calls.').waitFor();
    assert.equal(await other.getByRole('checkbox').count(), 0);
  });

  test('shows that the receiver throttles, how fast, how many wait and until when, and a trigger at its limit', async () => {
    await using served = await servedPage(browser);
    for (const trigger of ['case.edit', 'task.edit'] as const) {
      await set(served.deps, trigger, 'https://example.com/');
      const waiting = Array.from({ length: 12 }, () => notification({ trigger }));
      const tried = { attempts: 0, firstAttempt: 1, response: '', nextTry: 1 };
      await served.backlog.park(
        waiting.map((notification) => ({ notification, ...tried })),
        1,
      );
    }
    const probeAt = Date.now() + 600_000;
    const throttled = { throttledAt: 1, throttledRate: 0.8192, parkedBecause: 'HTTP 429', probeAt };
    await served.triggersTable.move('case.edit', 'park', throttled);
    await changeSettings(served.deps, 'task.edit', { maxPerSecond: 5 });
    await served.triggersTable.move('task.edit', 'drainAgain');
    const page = await served.open();
    const state = (trigger: Trigger) => row(page, trigger).locator('.state').innerText();
    await row(page, 'case.edit').getByText('Throttled').waitFor();
    assert.match(await state('case.edit'), /^Throttled by the receiver, about 0\.82\/s, 12 pending, next at \d/);
    assert.equal(await state('task.edit'), 'At its limit of 5/s, 12 pending');
  });
});

describe('the pull token on the page', () => {
  test('is created and shown once, replaced and revoked after a confirmation', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const dialog = await openSettings(page, 'case.edit');
    const confirm = page.getByRole('dialog', { name: /token .+case\.edit\?$/ });
    const token = dialog.getByText(/^crmpull_/);
    await dialog.getByText('There is no pull token.').waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Revoke token' }).count(), 0);
    await dialog.getByRole('button', { name: 'Create token' }).click();
    const first = await token.innerText();
    await dialog.getByText('Copy the token now: it is not shown again.').waitFor();
    assert.equal(await triggerOfToken(served.deps, first), 'case.edit');
    await dialog.getByRole('button', { name: 'Copy' }).last().click();
    await dialog.getByText('Copied').waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), first);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await openSettings(page, 'case.edit');
    await dialog.getByText('A pull token exists. It cannot be shown again.').waitFor();
    assert.equal(await token.count(), 0);
    for (const [name, consequence] of [
      ['New', 'A receiver with the old token gets 401 from now on.'],
      ['Revoke', 'A receiver with the token gets 401 from now on, and cannot read its calls.'],
    ] as const) {
      await dialog.getByRole('button', { name: `${name} token` }).click();
      await confirm.getByText(consequence).waitFor();
      await page.keyboard.press('Escape');
    }
    assert.equal(await triggerOfToken(served.deps, first), 'case.edit', 'nothing changes without a confirmation');
    await dialog.getByRole('button', { name: 'New token' }).click();
    await confirm.getByRole('button', { name: 'New token' }).click();
    const second = await token.innerText();
    assert.deepEqual(
      [await triggerOfToken(served.deps, first), await triggerOfToken(served.deps, second)],
      [undefined, 'case.edit'],
    );
    await dialog.getByRole('button', { name: 'Revoke token' }).click();
    await confirm.getByRole('button', { name: 'Revoke token' }).click();
    await dialog.getByText('The pull token is revoked.').waitFor();
    assert.equal(await triggerOfToken(served.deps, second), undefined);
    assert.equal(await token.count(), 0, 'a revoked token is not shown');
    assert.deepEqual(served.browserErrors, []);
  });

  test('says what GET /changes lacks if the delivery log does not keep all attempts', async () => {
    for (const [logged, warning] of [
      ['all', undefined],
      ['failures', 'The setting deliveryLog is failures, so GET /changes does not list delivered calls.'],
      ['off', 'The setting deliveryLog is off, so GET /changes lists nothing.'],
    ] as const) {
      await using served = await servedPage(browser, { logged });
      const dialog = await openSettings(await served.open(), 'case.edit');
      await dialog.getByText('There is no pull token.').waitFor();
      if (warning) await dialog.getByText(warning).waitFor();
      else assert.equal(await dialog.getByText('deliveryLog').count(), 0);
    }
  });
});
