import type { Page } from 'playwright-core';
import type { Trigger } from '../../functions/core/entity.ts';

/** The text field of a trigger. */
export const field = (page: Page, trigger: Trigger) => page.locator(`#${trigger.replace('.', '-')}`);

/** The row of a trigger: its field, its status and its actions. */
export const row = (page: Page, trigger: Trigger) => page.getByRole('group', { name: trigger, exact: true });

export const button = (page: Page, trigger: Trigger, name: string) => row(page, trigger).getByRole('button', { name });

/** Opens the details of a trigger, unless they are open. */
export async function openDetails(page: Page, trigger: Trigger): Promise<void> {
  const details = button(page, trigger, 'Details');
  if ((await details.getAttribute('aria-expanded')) !== 'true') await details.click();
  await button(page, trigger, 'Test').waitFor();
}

/** Enters a URL and saves it. */
export async function save(page: Page, trigger: Trigger, url: string): Promise<void> {
  await field(page, trigger).fill(url);
  await field(page, trigger).press('Enter');
  if (url === '') await page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click();
  await row(page, trigger)
    .getByText(/^Saved|^Cleared/)
    .waitFor();
}
