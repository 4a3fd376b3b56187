import { useState } from 'preact/hooks';
import type { ApiResponse } from '../../api/contract.ts';
import { messageOf, request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';
import { letterTexts } from '../texts/operations.ts';

type Listed = ApiResponse<'GET /dead-letters'>;

const columns = [
  ['sentAt', letterTexts.sentAt],
  ['id', letterTexts.id],
  ['reason', letterTexts.reason],
] as const;

/** Lists the dead letters when an admin asks for it, because SQS hides listed messages for a moment, and sends them back. */
export function DeadLetters() {
  const [listed, setListed] = useState<Listed>();
  const [message, setMessage] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState<'list' | 'send'>();
  const [isAsked, setAsked] = useState(false);
  const run = async (what: 'list' | 'send', work: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    setError(undefined);
    setMessage('');
    await work().catch((caught) => setError(messageOf(caught)));
    setBusy(undefined);
  };
  const list = () => run('list', async () => setListed(await request('GET /dead-letters', {})));
  const sendBack = () =>
    run('send', async () => {
      setMessage(letterTexts.sending);
      const { sent, left } = await sendAll((sent) => setMessage(letterTexts.sent(sent, 0)));
      setMessage(letterTexts.sent(sent, left));
      setListed(undefined);
    });
  const count = listed ? listed.deadLetters.length + listed.notShown : 0;
  return (
    <section class="panel" aria-labelledby="letters-title">
      <h3 id="letters-title">{letterTexts.title}</h3>
      <p class="muted">{letterTexts.lead}</p>
      <div class="actions">
        <button type="button" onClick={list} aria-disabled={busy !== undefined}>
          {busy === 'list' ? letterTexts.listing : letterTexts.list}
        </button>
        {count > 0 && (
          <button type="button" onClick={() => setAsked(true)} aria-disabled={busy !== undefined}>
            {letterTexts.sendBack}
          </button>
        )}
        <span role="status">{listed && count === 0 ? letterTexts.none : message}</span>
      </div>
      <ErrorBanner error={error} />
      {listed && listed.deadLetters.length > 0 && (
        <Table label={letterTexts.table} columns={columns}>
          {listed.deadLetters.map(({ id, reason, sentAt }) => (
            <tr key={id}>
              <td>
                <Time at={Date.parse(sentAt)} />
              </td>
              <td>
                <code>{id}</code>
              </td>
              <td>{reason}</td>
            </tr>
          ))}
        </Table>
      )}
      {listed && listed.notShown > 0 && <p class="muted">{letterTexts.notShown(listed.notShown)}</p>}
      {isAsked && (
        <Confirm
          title={letterTexts.sendBackTitle(count)}
          consequence={letterTexts.consequence}
          action={letterTexts.sendBack}
          confirm={() => void sendBack()}
          close={() => setAsked(false)}
        />
      )}
    </section>
  );
}

/** Repeats the request until nothing more is sent back: each one ends after some seconds. */
async function sendAll(report: (sent: number) => void): Promise<{ sent: number; left: number }> {
  let sent = 0;
  for (;;) {
    const { sentBack, left } = await request('POST /dead-letters/send-back', {});
    sent += sentBack.length;
    if (left === 0 || sentBack.length === 0) return { sent, left };
    report(sent);
  }
}
