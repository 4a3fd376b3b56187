export const down = () => {
  throw new Error('the table does not respond');
};
