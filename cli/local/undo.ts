/** What has to be undone at the end, the latest first. */
export const undo: (() => Promise<unknown>)[] = [];
