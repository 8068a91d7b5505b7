// Libraries that a bundler put into the program's own file: they are never asked for, so nothing stands in front of them.
// What can be done is to say so.
import type fs from 'node:fs';
import { native } from '../native';
import { isMainThread } from '../thread';
import { BUNDLE_BYTES_MAX, BUNDLE_BYTES_MIN, BUNDLE_CHUNK_BYTES, BUNDLE_LOOKED_AT_AFTER_MS } from './limits';
import { libraries } from './libraries';
import { isFound, isLeftOut } from './modules';

/** Taken once: programs and their tests replace it. */
const { setTimeout } = globalThis;

/** As bundlers name the files that they put into one; the package of a hook that goes by another name. */
const PACKAGES: Readonly<Record<string, string>> = { 'aws-sdk': '@smithy', express: 'express' };

let isBegun = false;

/** Looks into the program's file, once, a little later and off the path of everything. */
export function noteBundled(): void {
  const file = process.argv[1];
  if (isBegun || !isMainThread || file === undefined) return;
  isBegun = true;
  setTimeout(() => look(file), BUNDLE_LOOKED_AT_AFTER_MS).unref();
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
