import { existsSync, globSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder as localFolder, root } from '../../infra/folders.ts';
import { apps, debian, demandGo, maven, node, python } from './install.ts';

/** Where a server runs. */
export interface Place {
  readonly port: number;
  /** The port of the program that a proxy forwards to. */
  readonly backend: number;
  /** A new, empty folder. */
  readonly folder: string;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The arguments that print the version, if the server's responses do not have it. */
  readonly versionArgs?: readonly string[];
}

/** Installs a server and prepares its folder. @throws {NotHere} */
export type Prepare = (place: Place) => Promise<Command>;

const own = (file: string) => join(root, apps, file);

/** The path of a file of a Debian package: in the folder with the extracted packages, or in the system. */
export const fileOf = (installed: string, path: string) =>
  existsSync(join(installed, path)) ? join(installed, path) : `/${path}`;

const libraries = (installed: string) => ({
  LD_LIBRARY_PATH: globSync(join(installed, 'usr/lib/*-linux-gnu')).join(':'),
});

async function written(folder: string, name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const pythonModule =
  (...args: readonly string[]): Prepare =>
  async ({ port }) => ({
    program: 'python3',
    args: ['-m', ...args.map((arg) => arg.replace('PORT', String(port)))],
    env: { PYTHONPATH: `${await python()}:${join(root, apps)}`, PYTHONDONTWRITEBYTECODE: '1' },
  });

const GUNICORN = ['gunicorn', '--bind', '127.0.0.1:PORT', '--workers', '1', '--threads', '4'];
export const flask = (...options: readonly string[]) => pythonModule(...GUNICORN, ...options, 'flask_app:app');
export const django = pythonModule(...GUNICORN, 'django_app:app');
export const fastapi = pythonModule('uvicorn', '--host', '127.0.0.1', '--port', 'PORT', 'fastapi_app:app');

const nodeApp =
  (file: string): Prepare =>
  async ({ port }) => ({ program: process.execPath, args: [join(await node(), file)], env: { PORT: String(port) } });
export const express = nodeApp('express.mjs');
export const fastify = nodeApp('fastify.mjs');

export const goServer: Prepare = async ({ port }) => {
  await demandGo();
  const env = { PORT: String(port), GOCACHE: join(localFolder, 'go-cache') };
  return { program: 'go', args: ['run', own('receiver.go')], env };
};

/** @param properties Properties of the connector, such as `maxHttpRequestHeaderSize=32768`. */
export const tomcat =
  (...properties: readonly string[]): Prepare =>
  async ({ port, folder }) => {
    const installed = await maven();
    const args = ['-cp', join(installed, 'jars', '*'), join(installed, 'Receiver.java'), folder, ...properties];
    return { program: 'java', args, env: { PORT: String(port) } };
  };

export const phpServer: Prepare = async ({ port }) => {
  const installed = await debian(['php8.2-cli']);
  const args = ['-n', '-S', `127.0.0.1:${port}`, own('receiver.php')];
  return { program: fileOf(installed, 'usr/bin/php8.2'), args, env: libraries(installed) };
};

/** Apache httpd with modules and the lines of a virtual host. */
const apache =
  (packages: readonly string[], modules: readonly string[], lines: (place: Place) => string): Prepare =>
  async (place) => {
    const installed = await debian(['apache2-bin', ...packages]);
    const load = (name: string) =>
      `LoadModule ${name}_module ${fileOf(installed, `usr/lib/apache2/modules/${name === 'php' ? 'libphp8.2' : `mod_${name}`}.so`)}`;
    const config = `
ServerRoot "${place.folder}"
DefaultRuntimeDir "${place.folder}"
PidFile "${place.folder}/pid"
ErrorLog "${place.folder}/error.log"
Listen 127.0.0.1:${place.port}
ServerName 127.0.0.1:${place.port}
${['authz_core', ...modules].map(load).join('\n')}
User nobody
Group nogroup
${lines(place)}
`;
    return {
      program: fileOf(installed, 'usr/sbin/apache2'),
      args: ['-D', 'FOREGROUND', '-f', await written(place.folder, 'httpd.conf', config)],
      env: libraries(installed),
      versionArgs: ['-v'],
    };
  };

export const apacheProxy = (lines: (app: string) => string) =>
  apache([], ['mpm_event', 'proxy', 'proxy_http', 'rewrite', 'alias'], ({ backend }) =>
    lines(`http://127.0.0.1:${backend}`),
  );

export const apachePhp =
  (setting: string): Prepare =>
  async (place) => {
    await cp(own('receiver.php'), join(place.folder, 'receiver.php'));
    const lines = `
${setting}
AliasMatch "^" "${place.folder}/receiver.php"
<Directory "${place.folder}">
  Require all granted
  SetHandler application/x-httpd-php
</Directory>`;
    return apache(['libapache2-mod-php8.2'], ['mpm_prefork', 'alias', 'php'], () => lines)(place);
  };

/** nginx with the lines of a server. The upstream is `app`. */
export const nginx =
  (lines: string): Prepare =>
  async ({ port, backend, folder }) => {
    const installed = await debian(['nginx']);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path "${folder}/${name}";`)
      .join(' ');
    const config = `
daemon off;
master_process off;
pid "${folder}/pid";
error_log stderr;
events {}
http {
  access_log off;
  ${temporary}
  upstream app { server 127.0.0.1:${backend}; }
  server {
    listen 127.0.0.1:${port};
    ${lines}
  }
}
`;
    return {
      program: fileOf(installed, 'usr/sbin/nginx'),
      args: ['-c', await written(folder, 'nginx.conf', config), '-e', 'stderr'],
      env: libraries(installed),
      versionArgs: ['-v'],
    };
  };

export const caddy =
  (directive: (app: string) => string): Prepare =>
  async ({ port, backend, folder }) => {
    const installed = await debian(['caddy']);
    const config = `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  ${directive(`127.0.0.1:${backend}`)}
}
`;
    return {
      program: fileOf(installed, 'usr/bin/caddy'),
      args: ['run', '--config', await written(folder, 'Caddyfile', config), '--adapter', 'caddyfile'],
      env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      versionArgs: ['version'],
    };
  };

/** @param global Lines of the section `global`. */
export const haproxy =
  (global = ''): Prepare =>
  async ({ port, backend, folder }) => {
    const installed = await debian(['haproxy']);
    const config = `
global
  ${global}
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend web
  bind 127.0.0.1:${port}
  default_backend app
backend app
  server app 127.0.0.1:${backend}
`;
    return {
      program: fileOf(installed, 'usr/sbin/haproxy'),
      args: ['-db', '-f', await written(folder, 'haproxy.cfg', config)],
      env: libraries(installed),
      versionArgs: ['-v'],
    };
  };
