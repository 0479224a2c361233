/** Loads a module in Node and prints what it prints; an error that it throws becomes a last line. */
import { pathToFileURL } from 'node:url';

try {
  await import(pathToFileURL(process.argv[2]).href);
} catch (error) {
  console.log(`! ${error}`);
}
