// Libraries that are there and are not detected: a bundler put them into the program's own file, so that they are never
// asked for, or they are of a version that has not what the hook looks for. What can be done is to say so.
import type fs from 'node:fs';
import type Module from 'node:module';
import { NAME_UNITS_MAX } from '../limits';
import { native } from '../native';
import { textOf } from '../text';
import { isMainThread } from '../thread';
import { BUNDLE_BYTES_MAX, BUNDLE_BYTES_MIN, BUNDLE_CHUNK_BYTES, BUNDLE_LOOKED_AT_AFTER_MS } from './limits';
import { libraries } from './libraries';
import { isFound, isLeftOut, missed } from './modules';

/** Taken once: programs and their tests replace it. */
const { setTimeout } = globalThis;

/** As bundlers name the files that they put into one; the package of a hook that goes by another name. */
const PACKAGES: Readonly<Record<string, string>> = { 'aws-sdk': '@smithy', express: 'express' };

let isBegun = false;

/** Looks at the libraries and into the program's file, once, a little later and off the path of everything. */
export function noteUndetected(): void {
  const file = process.argv[1];
  if (isBegun || !isMainThread || file === undefined) return;
  isBegun = true;
  setTimeout(() => {
    for (const name of missed()) noteMissed(name, file);
    look(file);
  }, BUNDLE_LOOKED_AT_AFTER_MS).unref();
}

function noteMissed(name: string, file: string): void {
  let version = '';
  try {
    const { createRequire } = require('node:module') as typeof Module;
    version = ` ${textOf((createRequire(file)(`${name}/package.json`) as { version: unknown }).version, NAME_UNITS_MAX)}`;
  } catch {
    // Packages need not show what they are.
  }
  native?.noteDetection(`${name}${version} is not detected: this version has not what the agent stands in front of`);
}

function look(file: string): void {
  const { fstat, open } = require('node:fs') as typeof fs;
  open(file, 'r', (failed, descriptor) => {
    if (failed !== null) return;
    fstat(descriptor, (unknown, stats) => {
      if (unknown === null && stats.size >= BUNDLE_BYTES_MIN && stats.size <= BUNDLE_BYTES_MAX) readOn(descriptor, 0, sought());
      else close(descriptor);
    });
  });
}

function close(descriptor: number): void {
  (require('node:fs') as typeof fs).close(descriptor, () => undefined);
}

/** Libraries that are hooked when they are asked for, and were not. */
function sought(): Set<string> {
  const names = libraries.map(({ library }) => library);
  return new Set(names.filter((name) => !isFound(name) && !isLeftOut(name)));
}

/** Piece by piece, so that nobody waits for it. */
function readOn(descriptor: number, at: number, names: Set<string>): void {
  const piece = Buffer.allocUnsafe(BUNDLE_CHUNK_BYTES);
  (require('node:fs') as typeof fs).read(descriptor, piece, 0, piece.length, at, (failed, bytes) => {
    if (failed !== null || bytes === 0 || names.size === 0) {
      close(descriptor);
      return;
    }
    const text = piece.subarray(0, bytes);
    for (const name of names) {
      if (!text.includes(`node_modules/${PACKAGES[name] ?? name}/`)) continue;
      names.delete(name);
      native?.noteDetection(`${name} is not detected: a bundler put it into the program's own file. Leave it out of the bundle (as "external")`);
    }
    // What lies across two pieces is in the second whole.
    const overlap = bytes === piece.length ? 128 : 0;
    readOn(descriptor, at + bytes - overlap, names);
  });
}
