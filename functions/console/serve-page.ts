import { Hono, type MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** The content types of the page's files. */
const contentTypes = {
  'index.html': 'text/html; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
} as const;

export type PageFile = keyof typeof contentTypes;
export const pageFiles = Object.keys(contentTypes) as PageFile[];

/** The path for receivers. The gateway checks no token there, because receivers are no users of the issuer. */
export const CHANGES_PATH = '/changes';

/**
 * Security headers. Browsers load only the page's own files, run no inline script or style, show the page in no frame,
 * and reject assignments of text as HTML (Trusted Types).
 *
 * @param connectTo Further origins that the page may send requests to.
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

/** Serves the page's files. */
export function servedPage(contents: Readonly<Record<PageFile, string>>): Hono {
  const app = new Hono();
  for (const name of pageFiles)
    app.get(name === 'index.html' ? '/' : `/${name}`, (c) =>
      c.body(contents[name], 200, { 'content-type': contentTypes[name], 'cache-control': 'no-cache' }),
    );
  return app;
}

/** Keeps all responses out of caches that do not say otherwise, because they can contain URLs and secrets. */
export const noStore: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
};
