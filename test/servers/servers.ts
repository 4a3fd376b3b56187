import { createServer } from 'node:http';
import type { paths } from './exercise.ts';
import {
  apachePhp,
  apacheProxy,
  caddy,
  django,
  express,
  fastapi,
  fastify,
  flask,
  goServer,
  haproxy,
  nginx,
  type Prepare,
  phpServer,
  tomcat,
} from './programs.ts';

export interface Server {
  readonly name: string;
  readonly prepare: Prepare;
  /** How the program reads the target, or the lines of the proxy's configuration that matter. */
  readonly note: string;
  /** What it does to paths, if it does not keep all: see `Result`. */
  readonly badPaths?: Readonly<Partial<Record<keyof typeof paths, string>>>;
  /** It changes the target of each call. */
  readonly changesAll?: true;
}

const DECODED = { '%c3%a9': 'changed', '%7E': 'changed' };

/** Programs that decode the IDs themselves. */
export const programs: readonly Server[] = [
  { name: 'Flask', prepare: flask(), note: "request.environ['RAW_URI']" },
  {
    name: 'Flask',
    prepare: flask('--limit-request-line', '0'),
    note: "request.environ['RAW_URI'], with --limit-request-line 0",
  },
  { name: 'Django', prepare: django, note: "request.META['RAW_URI']" },
  { name: 'FastAPI', prepare: fastapi, note: "request.scope['raw_path'] and ['query_string']" },
  { name: 'Express', prepare: express, note: 'request.originalUrl' },
  { name: 'Fastify', prepare: fastify, note: 'request.raw.url' },
  { name: 'Go net/http', prepare: goServer, note: 'request.RequestURI' },
  { name: 'PHP, its own server', prepare: phpServer, note: "$_SERVER['REQUEST_URI']" },
  { name: 'PHP in Apache', prepare: apachePhp(''), note: "$_SERVER['REQUEST_URI']", badPaths: { '%2F': 'HTTP 404' } },
  {
    name: 'PHP in Apache',
    prepare: apachePhp('AllowEncodedSlashes NoDecode'),
    note: "$_SERVER['REQUEST_URI'], with AllowEncodedSlashes NoDecode",
  },
  {
    name: 'Tomcat',
    prepare: tomcat(),
    note: 'getRequestURI() and getQueryString()',
    badPaths: { '%2F': 'HTTP 400' },
  },
  {
    name: 'Tomcat',
    prepare: tomcat('encodedSolidusHandling=passthrough', 'maxHttpRequestHeaderSize=32768'),
    note: 'getRequestURI() and getQueryString(), with encodedSolidusHandling="passthrough" maxHttpRequestHeaderSize="32768"',
  },
];

/** Proxies before a program in Node. */
export const proxies: readonly Server[] = [
  { name: 'nginx', note: 'proxy_pass http://app;', prepare: nginx('location / { proxy_pass http://app; }') },
  {
    name: 'nginx',
    note: 'large_client_header_buffers 4 32k; proxy_pass http://app;',
    prepare: nginx('large_client_header_buffers 4 32k; location / { proxy_pass http://app; }'),
  },
  {
    name: 'nginx',
    note: 'proxy_pass http://app/;',
    prepare: nginx('location / { proxy_pass http://app/; }'),
    badPaths: { ...DECODED, '%2F': 'changed', '//': 'changed' },
  },
  {
    name: 'nginx',
    note: 'rewrite ^/other/(.*)$ /$1 break;',
    prepare: nginx('location / { rewrite ^/other/(.*)$ /$1 break; proxy_pass http://app; }'),
  },
  {
    name: 'nginx',
    note: 'rewrite ^/(.*)$ /$1 break;',
    prepare: nginx('location / { rewrite ^/(.*)$ /$1 break; proxy_pass http://app; }'),
    badPaths: { ...DECODED, '%2F': 'changed', '//': 'changed' },
  },
  {
    name: 'nginx',
    note: 'rewrite ^/(.*)$ /$1 break; merge_slashes off;',
    prepare: nginx('merge_slashes off; location / { rewrite ^/(.*)$ /$1 break; proxy_pass http://app; }'),
    badPaths: { ...DECODED, '%2F': 'changed' },
  },
  {
    name: 'Apache',
    note: 'AllowEncodedSlashes NoDecode; ProxyPass "/" "http://app/" nocanon',
    prepare: apacheProxy((app) => `AllowEncodedSlashes NoDecode\nProxyPass "/" "${app}/" nocanon`),
  },
  {
    name: 'Apache',
    note: 'LimitRequestLine 32000; AllowEncodedSlashes NoDecode; ProxyPass "/" "http://app/" nocanon',
    prepare: apacheProxy(
      (app) => `LimitRequestLine 32000\nAllowEncodedSlashes NoDecode\nProxyPass "/" "${app}/" nocanon`,
    ),
  },
  {
    name: 'Apache',
    note: 'ProxyPass "/" "http://app/" nocanon',
    prepare: apacheProxy((app) => `ProxyPass "/" "${app}/" nocanon`),
    badPaths: { '%2F': 'HTTP 404' },
  },
  {
    name: 'Apache',
    note: 'AllowEncodedSlashes NoDecode; ProxyPass "/" "http://app/"',
    prepare: apacheProxy((app) => `AllowEncodedSlashes NoDecode\nProxyPass "/" "${app}/"`),
    badPaths: { ...DECODED, '%25': 'HTTP 400', '//': 'changed' },
  },
  {
    name: 'Apache',
    note: 'ProxyPass "/" "http://app/"',
    prepare: apacheProxy((app) => `ProxyPass "/" "${app}/"`),
    badPaths: { ...DECODED, '%2F': 'HTTP 404', '//': 'changed' },
  },
  { name: 'Caddy', note: 'reverse_proxy app', prepare: caddy((app) => `reverse_proxy ${app}`) },
  {
    name: 'Caddy',
    note: 'handle_path /hook* { reverse_proxy app }',
    prepare: caddy((app) => `handle_path /hook* {\n    reverse_proxy ${app}\n  }\n  reverse_proxy ${app}`),
    changesAll: true,
    badPaths: { '?k=a+b%2f': 'changed' },
  },
  { name: 'HAProxy', note: 'default_backend app', prepare: haproxy() },
  { name: 'HAProxy', note: 'tune.bufsize 32768', prepare: haproxy('tune.bufsize 32768') },
];

/** The program behind the proxies. */
export const backend = () =>
  createServer(({ url = '', headers }, response) => {
    const { searchParams } = new URL(url, 'http://localhost');
    const ids = { AccountID: searchParams.getAll('AccountID'), CaseID: searchParams.getAll('CaseID') };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ target: url, ids, headers }));
  });
