import * as z from 'zod/mini';

/** A text that contains JSON of this schema. */
export const json = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, { issues }) => {
        try {
          return JSON.parse(text);
        } catch {
          issues.push({ code: 'custom', message: 'is not JSON', input: text });
        }
      }),
    ),
    schema,
  );
