import { Hono, type MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** The page's files, and what each is sent as. */
const types = {
  'index.html': 'text/html; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
} as const;

export type PageFile = keyof typeof types;
export const pageFiles = Object.keys(types) as PageFile[];

/**
 * Has browsers take nothing from elsewhere and nothing inline, put no frame around the page, and never turn text into
 * HTML by mistake.
 *
 * @param connectTo Origins beside its own that the page may talk to.
 */
export const pageHeaders = (connectTo: readonly string[] = []): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'", ...connectTo],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ["'none'"],
    },
    xFrameOptions: 'DENY',
  });

/** Responds requests for the page's files. */
export function servedPage(contents: Readonly<Record<PageFile, string>>): Hono {
  const app = new Hono();
  for (const name of pageFiles)
    app.get(name === 'index.html' ? '/' : `/${name}`, (c) =>
      c.body(contents[name], 200, { 'content-type': types[name], 'cache-control': 'no-cache' }),
    );
  return app;
}

/** Keeps responses of the API out of every cache: they hold URLs and secrets. */
export const noStore: MiddlewareHandler = async (c, next) => {
  await next();
  c.res.headers.set('cache-control', 'no-store');
};
