// The checks in Node: the files lie beside this one.
import { readFile } from "node:fs/promises";
import { check } from "./checks.mjs";

console.log(await check(async (name) => {
  const bytes = await readFile(new URL(name, import.meta.url));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}));
