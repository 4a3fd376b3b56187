export const record = (n: number) => n.toString(16).padStart(64, '0');
