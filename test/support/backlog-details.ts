export const record = (digit: string) => digit.repeat(64);

export const HOUR = 3_600_000;
