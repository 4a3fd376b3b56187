import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before } from 'node:test';
import { testCalls, testChangedHeaders, testStarts } from '../support/sample-tests.ts';
import { debian, NotHere, python } from './install.ts';
import { fileOf } from './programs.ts';

let folder = '';

/** The assemblies of .NET that the sample uses. */
const references = [
  'System.Private.CoreLib',
  'System.Collections.Concurrent',
  'System.Collections.Specialized',
  'System.Console',
  'System.Linq',
  'System.Net.HttpListener',
  'System.Net.Primitives',
  'System.Net.WebHeaderCollection',
  'System.Runtime',
  'System.Runtime.Extensions',
  'System.Security.Cryptography.Algorithms',
  'System.Security.Cryptography.Primitives',
];

const settings = {
  runtimeOptions: {
    framework: { name: 'Microsoft.NETCore.App', version: '8.0.0' },
    configProperties: { 'System.Globalization.Invariant': true },
  },
};

/** Adds a program to the path that compiles a C# file with Mono's compiler and runs it, both with .NET 8. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crm-triggers-csharp-'));
  const installed = await Promise.all([debian(['mono-mcs']), python('dotnet-requirements.txt')]).catch((error) => {
    if (error instanceof NotHere) return undefined;
    throw error;
  });
  if (!installed) return;
  const [compilers, packages] = installed;
  const runtime = join(packages, 'dnv', 'net', 'runtime', '.net', 'dotnet');
  const assemblies = join(packages, 'dotnetcore2', 'bin', 'shared', 'Microsoft.NETCore.App', '3.1.23');
  const settingsFile = join(folder, 'runtimeconfig.json');
  await writeFile(settingsFile, JSON.stringify(settings));
  await chmod(runtime, 0o755);
  const net = `'${runtime}' exec --runtimeconfig '${settingsFile}'`;
  const compile = `'${fileOf(compilers, 'usr/lib/mono/4.5/mcs.exe')}' -nostdlib -noconfig`;
  const script = [
    '#!/bin/sh -e',
    `[ "$1" = --version ] && exec '${runtime}' --list-runtimes`,
    `${net} ${compile} ${references.map((name) => `-r:'${join(assemblies, name)}.dll'`).join(' ')} -out:"$1.dll" "$1"`,
    `exec ${net} "$1.dll"`,
  ];
  await writeFile(join(folder, 'run-csharp'), script.join('\n'), { mode: 0o755 });
  process.env.PATH = folder + delimiter + process.env.PATH;
});

after(() => rm(folder, { recursive: true, force: true }));

testCalls('csharp');
testChangedHeaders('csharp');
testStarts('csharp');
