import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { set } from '../../functions/operations/set-url.ts';
import { client, rsaClient } from '../support/client-certificates.ts';
import { startChromium } from './chromium.ts';
import { button, openDetails, row } from './locators.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

async function openSettings(page: Page) {
  await openDetails(page, 'case.edit');
  await button(page, 'case.edit', 'Settings').click();
  return page.getByRole('dialog', { name: 'case.edit', exact: true });
}

test('sets, replaces and removes an OAuth client, and never shows its secret', async () => {
  await using served = await servedPage(browser);
  await set(served.deps, 'case.edit', 'https://example.com/');
  const stored = () => served.secrets.items.get('case.edit')?.oauth;
  const page = await served.open();
  const dialog = await openSettings(page);
  await dialog.getByText('Calls have no access token.').waitFor();
  await dialog.getByLabel('Token URL').fill('http://id.example.com/token');
  await dialog.getByLabel('Client ID').fill('our-client');
  await dialog.getByLabel('Client secret').fill('MARKER');
  await dialog.getByRole('button', { name: 'Set client' }).click();
  await dialog.getByText('The token URL for case.edit begins with http://').waitFor();
  assert.equal(stored(), undefined);
  await dialog.getByLabel('Token URL').fill('https://id.example.com/token');
  await dialog.getByLabel('Scope').fill('crm.write');
  await dialog.getByRole('button', { name: 'Set client' }).click();
  await dialog.getByText('our-client gets tokens from https://id.example.com/token').waitFor();
  await dialog.getByText('Scope: crm.write').waitFor();
  assert.deepEqual(stored(), {
    tokenUrl: 'https://id.example.com/token',
    clientId: 'our-client',
    clientSecret: 'MARKER',
    scope: 'crm.write',
  });
  assert.equal(await dialog.getByLabel('Client secret').inputValue(), '');
  assert.doesNotMatch(await page.content(), /MARKER/);
  await dialog.getByRole('button', { name: 'Remove client' }).click();
  const confirm = page.getByRole('dialog', { name: 'Remove the OAuth client of case.edit?' });
  await confirm.getByText('A receiver that requires an access token rejects each call.').waitFor();
  await confirm.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(stored()?.clientId, 'our-client');
  await dialog.getByRole('button', { name: 'Remove client' }).click();
  await confirm.getByRole('button', { name: 'Remove client' }).click();
  await dialog.getByRole('button', { name: 'Set client' }).waitFor();
  assert.equal(stored(), undefined);
});

test('sets, replaces and removes a client certificate, shows whose it is and never its key, and warns before it expires', async () => {
  await using served = await servedPage(browser);
  await set(served.deps, 'case.edit', 'https://example.com/');
  const stored = () => served.secrets.items.get('case.edit')?.certificate;
  const page = await served.open();
  const dialog = await openSettings(page);
  const pem = dialog.getByLabel('Certificate and private key');
  await pem.fill(client.cert);
  await dialog.getByRole('button', { name: 'Set certificate' }).click();
  await dialog.getByText('The certificate for case.edit has no private key.').waitFor();
  await pem.fill(client.cert + client.key);
  await dialog.getByRole('button', { name: 'Set certificate' }).click();
  await dialog.getByText('Subject: O=Our company, CN=crm-triggers').waitFor();
  await dialog.getByText('Issuer: O=Receiver, CN=Test intermediate').waitFor();
  await dialog.getByText(/^Valid until .*2126/).waitFor();
  assert.equal(await pem.inputValue(), '');
  await pem.fill(rsaClient.cert + rsaClient.key);
  await dialog.getByRole('button', { name: 'Replace certificate' }).click();
  await dialog.getByText('Subject: O=Our company, CN=crm-triggers RSA').waitFor();
  const expiresAt = Date.now() + 5 * 86_400_000;
  await served.secrets.change('case.edit', (now) => ({
    ...now,
    certificate: now.certificate && { ...now.certificate, expiresAt },
  }));
  await page.reload();
  await row(page, 'case.edit').getByText('Certificate expires', { exact: true }).waitFor();
  await row(page, 'case.edit').getByText('client certificate expires in').first().waitFor();
  await button(page, 'case.edit', 'Settings').click();
  await dialog.getByText('Renew it now').waitFor();
  await dialog.getByRole('button', { name: 'Remove certificate' }).click();
  const confirm = page.getByRole('dialog', { name: 'Remove the client certificate of case.edit?' });
  await confirm.getByText('A receiver that requires a certificate rejects each call.').waitFor();
  await confirm.getByRole('button', { name: 'Remove certificate' }).click();
  await dialog.getByText('Calls present no certificate.').first().waitFor();
  assert.equal(stored(), undefined);
  assert.deepEqual(served.browserErrors, []);
});
