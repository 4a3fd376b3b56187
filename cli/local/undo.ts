/** Functions that stop or undo the steps of a run. They are called at its end, the latest first. */
export const undo: (() => Promise<unknown>)[] = [];
