// Runs before the demo and the tests: installs what package-lock.json names, if it is not there. Plain Node 20 without
// dependencies, because in a fresh clone nothing else exists yet.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../..'));

/** Why an installation is needed, or undefined when everything is in place. */
function reasonToInstall(folder) {
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) return 'nothing is installed yet';
  // npm writes this last, so it is absent or old after an installation that broke off.
  const installed = packagesIn(join(modules, '.package-lock.json'));
  if (installed === undefined) return 'the last installation is incomplete';
  for (const [path, wanted] of Object.entries(packagesIn(join(folder, 'package-lock.json')) ?? {})) {
    if (path === '') continue;
    const found = installed[path];
    if (found === undefined && wanted.optional === true) continue;
    if (found?.version !== wanted.version || found.integrity !== wanted.integrity) return `${path} is not as locked`;
    if (!existsSync(join(folder, path))) return `${path} is gone`;
  }
  return undefined;
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  // npm names itself here when it runs a script; another package manager does too, but reads another lock file.
  const npm = process.env.npm_execpath ?? '';
  const [command, args] = /npm-cli\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: command === 'npm' && process.platform === 'win32',
  });
  return status === 0;
}

/** Whether scripts will find a Node.js that is new enough: this one, or the one among the packages. */
function hasNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return true;
  return ['node', 'node.exe'].some((file) => existsSync(join(root, 'node_modules/node/bin', file)));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const reason = reasonToInstall(root);
if (reason !== undefined) {
  const modules = join(root, 'node_modules');
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink())
    fail(`node_modules is a link to another installation and ${reason}: install there.`);
  process.stdout.write(`Installing, because ${reason}. This takes about a minute.\n`);
  if (!install()) fail('npm ci failed. Its output above says why; run the command again when that is solved.');
}
if (!hasNode())
  fail(
    'The package "node" has no binary, because npm ran no install scripts. Run: npm rebuild node --ignore-scripts=false',
  );
