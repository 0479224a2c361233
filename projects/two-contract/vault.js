/**
 * A vault that lends dollars against IOST. What the IOST is worth it asks another contract, the oracle; the
 * dollars are a token of its own that it issues when someone borrows and destroys when it is paid back.
 *
 * A loan needs MINIMUM_RATIO times its worth as collateral. If the price falls so far that less than
 * LIQUIDATION_RATIO is left, anyone may pay the debt and take collateral worth it, and a reward.
 */
const COLLATERAL_DECIMALS = 8;
const DEBT_DECIMALS = 4;
const DEBT_TOTAL = 1000000000;
const LEAST_AMOUNT = "0.01";
const MINIMUM_RATIO = "1.5";
const LIQUIDATION_RATIO = "1.3";
const LIQUIDATION_REWARD = "1.1";

class Vault {
    init() {
        storage.put("loans", "0");
    }

    /**
     * Replace the contract's code; only its owner may.
     * @param {string} data
     */
    can_update(data) {
        return blockchain.requireAuth(blockchain.contractOwner(), "active");
    }

    /**
     * Name the oracle and create the token of the debts; once, by the owner.
     * @param {string} oracle the oracle's contract id
     * @param {string} symbol the token to be created
     */
    open(oracle, symbol) {
        this._requireSigner(blockchain.contractOwner());
        if (storage.has("oracle")) {
            throw new Error("the vault is open already");
        }
        storage.put("oracle", oracle);
        storage.put("symbol", symbol);
        const options = { decimal: DEBT_DECIMALS, fullName: "vault dollar" };
        blockchain.callWithAuth("token.iost", "create", [symbol, blockchain.contractName(), DEBT_TOTAL, options]);
    }

    /**
     * Put collateral in.
     * @param {string} account
     * @param {string} amount in IOST
     * @amountLimit iost unlimited
     */
    lock(account, amount) {
        this._requireSigner(account);
        const value = this._amount(amount, COLLATERAL_DECIMALS);
        const position = this._position(account);
        position.collateral = value.plus(position.collateral).toFixed();
        this._save(account, position);
        this._record("lock", account, value);
        blockchain.deposit(account, value.toFixed(), "collateral");
    }

    /**
     * Take collateral out, as far as the loan allows.
     * @param {string} account
     * @param {string} amount in IOST
     */
    unlock(account, amount) {
        this._requireSigner(account);
        const value = this._amount(amount, COLLATERAL_DECIMALS);
        const position = this._position(account);
        if (value.gt(position.collateral)) {
            throw new Error("only " + position.collateral + " is locked");
        }
        position.collateral = new BigNumber(position.collateral).minus(value).toFixed();
        this._save(account, position);
        this._record("unlock", account, value);
        blockchain.withdraw(account, value.toFixed(), "collateral");
        this._requireRatio(position, MINIMUM_RATIO);
    }

    /**
     * Borrow dollars against the collateral.
     * @param {string} account
     * @param {string} amount in dollars
     */
    borrow(account, amount) {
        this._requireSigner(account);
        const value = this._amount(amount, DEBT_DECIMALS);
        const position = this._position(account);
        position.debt = value.plus(position.debt).toFixed();
        this._save(account, position);
        this._addLoans(value);
        this._record("borrow", account, value);
        blockchain.callWithAuth("token.iost", "issue", [storage.get("symbol"), account, value.toFixed()]);
        this._requireRatio(position, MINIMUM_RATIO);
    }

    /**
     * Pay dollars back.
     * @param {string} account
     * @param {string} amount in dollars
     * @amountLimit * unlimited
     */
    repay(account, amount) {
        this._requireSigner(account);
        const value = this._amount(amount, DEBT_DECIMALS);
        const position = this._position(account);
        if (value.gt(position.debt)) {
            throw new Error("only " + position.debt + " is owed");
        }
        position.debt = new BigNumber(position.debt).minus(value).toFixed();
        this._save(account, position);
        this._addLoans(value.negated());
        this._record("repay", account, value);
        blockchain.call("token.iost", "destroy", [storage.get("symbol"), account, value.toFixed()]);
    }

    /**
     * Pay the debt of a loan that has too little collateral left; returns the IOST received.
     * @param {string} liquidator
     * @param {string} account whose loan it is
     * @amountLimit * unlimited
     */
    liquidate(liquidator, account) {
        this._requireSigner(liquidator);
        const position = this._position(account);
        const debt = new BigNumber(position.debt);
        const price = this._price();
        if (debt.isZero() || !this._isBelow(position, LIQUIDATION_RATIO, price)) {
            throw new Error("the loan of " + account + " is safe");
        }
        const collateral = new BigNumber(position.collateral);
        const wanted = debt.times(LIQUIDATION_REWARD).div(price).toFixed(COLLATERAL_DECIMALS);
        const taken = BigNumber.min(wanted, collateral);
        position.collateral = collateral.minus(taken).toFixed();
        position.debt = "0";
        this._save(account, position);
        this._addLoans(debt.negated());
        this._record("liquidate", account, taken);
        blockchain.call("token.iost", "destroy", [storage.get("symbol"), liquidator, debt.toFixed()]);
        blockchain.withdraw(liquidator, taken.toFixed(), "liquidation of " + account);
        return taken.toFixed();
    }

    /**
     * Collateral, debt and their ratio; the ratio is empty without a debt.
     * @param {string} account
     */
    position(account) {
        const position = this._position(account);
        const debt = new BigNumber(position.debt);
        const ratio = debt.isZero() ? "" : this._worth(position, this._price()).div(debt).toFixed(4);
        return { collateral: position.collateral, debt: position.debt, ratio: ratio };
    }

    /** All dollars that are lent. */
    loans() {
        return storage.get("loans");
    }

    // --- rules ---------------------------------------------------------------------------------

    _requireSigner(account) {
        if (!blockchain.requireAuth(account, "active")) {
            throw new Error("permission denied: need " + account + "@active");
        }
    }

    _amount(text, decimals) {
        const value = new BigNumber(text);
        if (value.isNaN() || !value.gte(LEAST_AMOUNT) || value.decimalPlaces() > decimals) {
            throw new Error("invalid amount: " + text);
        }
        return value;
    }

    /** Checked after the writes and transfers: if it throws, all of them are undone. */
    _requireRatio(position, ratio) {
        if (position.debt !== "0" && this._isBelow(position, ratio, this._price())) {
            const loan = position.collateral + " IOST for " + position.debt + " dollars";
            throw new Error("not enough collateral: " + loan);
        }
    }

    _isBelow(position, ratio, price) {
        return this._worth(position, price).lt(new BigNumber(position.debt).times(ratio));
    }

    _worth(position, price) {
        return new BigNumber(position.collateral).times(price);
    }

    /** A call to another contract answers with a list; what the method returned is its first element. */
    _price() {
        return blockchain.call(storage.get("oracle"), "price", ["iost"])[0];
    }

    // --- books ---------------------------------------------------------------------------------

    _position(account) {
        const text = storage.mapGet("position", account);
        return text === null ? { collateral: "0", debt: "0" } : JSON.parse(text);
    }

    _save(account, position) {
        storage.mapPut("position", account, JSON.stringify(position), blockchain.publisher());
    }

    _addLoans(value) {
        storage.put("loans", value.plus(storage.get("loans")).toFixed());
    }

    _record(kind, account, value) {
        blockchain.receipt(JSON.stringify([kind, account, value.toFixed()]));
        blockchain.event(JSON.stringify({ kind: kind, account: account, amount: value.toFixed() }));
    }
}

module.exports = Vault;
