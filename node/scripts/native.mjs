// Builds the machine code and puts it beside the compiled modules. `node scripts/native.mjs [cargo's options]`.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const node = dirname(dirname(fileURLToPath(import.meta.url)));
const options = process.argv.slice(2);
const profile = options.includes('--release') ? 'release' : (options[options.indexOf('--profile') + 1] ?? 'debug');
const built = options.includes('--profile') || options.includes('--release') ? profile : 'debug';

execFileSync('cargo', ['build', '--quiet', '-p', 'tierline-node', ...options], { cwd: dirname(node), stdio: 'inherit' });
const metadata = JSON.parse(
  execFileSync('cargo', ['metadata', '--format-version=1', '--no-deps'], { cwd: dirname(node), maxBuffer: 64 << 20 }),
);
const library = { darwin: 'libtierline_node.dylib', win32: 'tierline_node.dll' }[process.platform] ?? 'libtierline_node.so';
const libc = process.platform === 'linux' ? (process.report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl') : '';
const target = join(node, 'dist', `tierline.${process.platform}-${process.arch}${libc}.node`);
mkdirSync(dirname(target), { recursive: true });
// Not over a file that a running process has mapped.
copyFileSync(join(metadata.target_directory, built, library), `${target}.new`);
renameSync(`${target}.new`, target);
console.log(target);
