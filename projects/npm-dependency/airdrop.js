/**
 * An airdrop to a list of any length: the chain keeps one hash, the root of a Merkle tree over the list, and
 * whoever is on it shows a proof to get their share.
 *
 * The hashes are keccak-256, as the usual tools for such lists make them. The chain's own IOSTCrypto has no
 * keccak, so it comes from an npm package that is packed into the contract.
 */
const { leaf, verify } = require("./merkle.js");

class Airdrop {
    init() {
        storage.put("state", JSON.stringify({ root: "", left: "0" }));
    }

    /**
     * Replace the contract's code; only its owner may.
     * @param {string} data
     */
    can_update(data) {
        return blockchain.requireAuth(blockchain.contractOwner(), "active");
    }

    /**
     * Publish the list's root and put in what it pays out; once, by the owner.
     * @param {string} root 64 hex digits
     * @param {string} total in IOST
     * @amountLimit iost unlimited
     */
    publish(root, total) {
        const owner = blockchain.contractOwner();
        this.#requireSigner(owner);
        if (this.#state().root !== "") {
            throw new Error("the list is published already");
        }
        if (!/^[0-9a-f]{64}$/.test(root)) {
            throw new Error("a root has 64 hex digits");
        }
        this.#save({ root, left: total });
        blockchain.deposit(owner, total, "airdrop");
        blockchain.event(JSON.stringify({ kind: "publish", root, total }));
    }

    /**
     * Pay out one entry of the list to its account; anyone may send it.
     * @param {number} index
     * @param {string} account
     * @param {string} amount
     * @param {json} proof a list of hashes
     */
    claim(index, account, amount, proof) {
        const state = this.#state();
        const field = String(index);
        if (storage.mapHas("claimed", field)) {
            throw new Error(`entry ${index} is paid already`);
        }
        if (!Array.isArray(proof) || !verify(leaf(index, account, amount), proof, state.root)) {
            throw new Error(`entry ${index} is not on the list`);
        }
        storage.mapPut("claimed", field, account, blockchain.publisher());
        this.#save({ ...state, left: new BigNumber(state.left).minus(amount).toFixed() });
        blockchain.withdraw(account, amount, `airdrop ${index}`);
        blockchain.event(JSON.stringify({ kind: "claim", index, account, amount }));
    }

    /** The root and what is left to be paid out. */
    state() {
        return this.#state();
    }

    /**
     * Whether an entry is paid.
     * @param {number} index
     */
    claimed(index) {
        return storage.mapHas("claimed", String(index));
    }

    #requireSigner(account) {
        if (!blockchain.requireAuth(account, "active")) {
            throw new Error(`permission denied: need ${account}@active`);
        }
    }

    #state() {
        return JSON.parse(storage.get("state"));
    }

    #save(state) {
        storage.put("state", JSON.stringify(state));
    }
}

module.exports = Airdrop;
