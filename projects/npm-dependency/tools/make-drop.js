/**
 * Print root, total and proofs of the list in `drop.json`: `npm run drop`.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { build, leaf } = require("../merkle.js");

const drop = JSON.parse(readFileSync(join(__dirname, "..", "drop.json"), "utf8"));
const { root, proofs } = build(drop.map(([account, amount], index) => leaf(index, account, amount)));
const total = drop.reduce((sum, [, amount]) => sum + Number(amount), 0);

console.log(`publish ${JSON.stringify([root, String(total)])}`);
drop.forEach(([account, amount], index) => {
    console.log(`claim ${JSON.stringify([index, account, amount, proofs[index]])}`);
});
