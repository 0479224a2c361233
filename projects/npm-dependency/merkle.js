/**
 * Merkle trees as the common Ethereum tools build them: keccak-256, pairs in sorted order, so that a proof is
 * a plain list of hashes. Hashes are hex texts.
 */
const { keccak256 } = require("js-sha3");

/**
 * The leaf of one entry: who, how much, and a running number that makes equal entries different.
 * @param {number} index
 * @param {string} account
 * @param {string} amount
 * @returns {string}
 */
function leaf(index, account, amount) {
    return keccak256(bytes(keccak256(JSON.stringify([index, account, amount]))));
}

/**
 * Whether `proof` leads from a leaf to the root.
 * @param {string} start
 * @param {string[]} proof
 * @param {string} root
 */
function verify(start, proof, root) {
    return proof.reduce(parent, start) === root;
}

/**
 * Root and proofs of a list of leaves; a node without a neighbour moves up as it is.
 * @param {string[]} leaves
 * @returns {{root: string, proofs: string[][]}}
 */
function build(leaves) {
    const proofs = leaves.map(() => []);
    let level = leaves.map((hash, index) => ({ hash, members: [index] }));
    while (level.length > 1) {
        const above = [];
        for (let i = 0; i < level.length; i += 2) {
            const [left, right] = [level[i], level[i + 1]];
            if (right === undefined) {
                above.push(left);
                continue;
            }
            left.members.forEach((member) => proofs[member].push(right.hash));
            right.members.forEach((member) => proofs[member].push(left.hash));
            above.push({ hash: parent(left.hash, right.hash), members: [...left.members, ...right.members] });
        }
        level = above;
    }
    return { root: level[0].hash, proofs };
}

/** The hash of two nodes; the order in which they are given does not matter. */
function parent(left, right) {
    const [first, second] = left < right ? [left, right] : [right, left];
    return keccak256([...bytes(first), ...bytes(second)]);
}

function bytes(hex) {
    if (!/^[0-9a-f]{64}$/.test(hex)) {
        throw new Error(`not a hash: ${hex}`);
    }
    return hex.match(/../g).map((pair) => Number.parseInt(pair, 16));
}

module.exports = { build, leaf, verify };
