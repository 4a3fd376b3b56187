export const HOUR = 3_600_000;

export const record = (digit: string) => digit.repeat(64);
