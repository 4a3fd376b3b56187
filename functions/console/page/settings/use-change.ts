import { useState } from 'preact/hooks';
import { messageOf } from '../shared/api.ts';

/** Runs changes of settings, and returns the message about the latest one. */
export function useChange(reload: () => Promise<void>) {
  const [message, setMessage] = useState('');
  const run = async (change: () => Promise<unknown>, success: string): Promise<boolean> => {
    try {
      await change();
      await reload();
      setMessage(success);
      return true;
    } catch (caught) {
      setMessage(messageOf(caught));
      return false;
    }
  };
  return { message, run };
}
