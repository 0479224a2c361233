/**
 * A fungible token that lives in the contract's own storage: supply, balances, allowances.
 *
 * Amounts are decimal strings ("12.5") with at most DECIMALS digits after the point. Whoever sends the
 * transaction pays for the RAM of the entries that it makes, so no one needs a stranger's consent.
 */
const NAME = "Acorn";
const SYMBOL = "acorn";
const DECIMALS = 4;
const MAX_SUPPLY = "1000000000";
const MAX_MEMO = 256;

class Token {
    init() {
        storage.put("owner", blockchain.publisher());
        storage.put("supply", "0");
        storage.put("paused", "false");
    }

    /**
     * Replace the contract's code; only its owner may.
     * @param {string} data
     */
    can_update(data) {
        return blockchain.requireAuth(storage.get("owner"), "active");
    }

    /** Name, symbol, decimals and limits, for wallets. */
    info() {
        return {
            name: NAME,
            symbol: SYMBOL,
            decimals: DECIMALS,
            maxSupply: MAX_SUPPLY,
            supply: storage.get("supply"),
            paused: storage.get("paused") === "true"
        };
    }

    /**
     * What an account owns.
     * @param {string} account
     */
    balanceOf(account) {
        return this._balance(account).toFixed();
    }

    /**
     * What a spender may still take from an owner.
     * @param {string} owner
     * @param {string} spender
     */
    allowance(owner, spender) {
        return this._allowance(owner, spender).toFixed();
    }

    /** All tokens there are. */
    totalSupply() {
        return storage.get("supply");
    }

    /**
     * Make new tokens; only the owner may.
     * @param {string} to
     * @param {string} amount
     */
    mint(to, amount) {
        this._requireOwner();
        this._requireAccount(to);
        const value = this._amount(amount);
        const supply = new BigNumber(storage.get("supply")).plus(value);
        if (supply.gt(MAX_SUPPLY)) {
            throw new Error("supply too much: " + supply.toFixed() + " > " + MAX_SUPPLY);
        }
        storage.put("supply", supply.toFixed());
        this._credit(to, value);
        this._record("mint", { to: to, amount: value.toFixed() });
    }

    /**
     * Destroy tokens of one's own.
     * @param {string} from
     * @param {string} amount
     */
    burn(from, amount) {
        this._requireSigner(from);
        const value = this._amount(amount);
        this._debit(from, value);
        storage.put("supply", new BigNumber(storage.get("supply")).minus(value).toFixed());
        this._record("burn", { from: from, amount: value.toFixed() });
    }

    /**
     * Send tokens.
     * @param {string} from
     * @param {string} to
     * @param {string} amount
     * @param {string} memo
     */
    transfer(from, to, amount, memo) {
        this._requireRunning();
        this._requireSigner(from);
        if (memo.length > MAX_MEMO) {
            throw new Error("memo too large: " + memo.length + " > " + MAX_MEMO);
        }
        this._move(from, to, this._amount(amount), memo);
    }

    /**
     * Send tokens to many at once: all of them get theirs, or none does.
     * @param {string} from
     * @param {json} payments a list of {"to": account, "amount": decimal}
     */
    transferMany(from, payments) {
        this._requireRunning();
        this._requireSigner(from);
        if (!Array.isArray(payments) || payments.length === 0) {
            throw new Error("payments must be a list of {to, amount}");
        }
        for (const payment of payments) {
            this._move(from, payment.to, this._amount(payment.amount), "");
        }
    }

    /**
     * Let a spender take up to an amount; "0" takes the permission back.
     * @param {string} owner
     * @param {string} spender
     * @param {string} amount
     */
    approve(owner, spender, amount) {
        this._requireSigner(owner);
        this._requireAccount(spender);
        if (amount === "0") {
            storage.mapDel(this._allowanceKey(owner), spender);
        } else {
            this._setAllowance(owner, spender, this._amount(amount));
        }
        this._record("approve", { owner: owner, spender: spender, amount: amount });
    }

    /**
     * Send tokens of an owner who has approved it.
     * @param {string} spender
     * @param {string} from
     * @param {string} to
     * @param {string} amount
     */
    transferFrom(spender, from, to, amount) {
        this._requireRunning();
        this._requireSigner(spender);
        const value = this._amount(amount);
        const allowed = this._allowance(from, spender);
        if (allowed.lt(value)) {
            throw new Error("allowance not enough " + allowed.toFixed() + " < " + value.toFixed());
        }
        const rest = allowed.minus(value);
        if (rest.isZero()) {
            storage.mapDel(this._allowanceKey(from), spender);
        } else {
            this._setAllowance(from, spender, rest);
        }
        this._move(from, to, value, "");
    }

    /**
     * Stop or allow transfers; only the owner may.
     * @param {bool} paused
     */
    setPaused(paused) {
        this._requireOwner();
        storage.put("paused", paused ? "true" : "false");
        this._record("setPaused", { paused: paused });
    }

    /**
     * Give the contract to another account.
     * @param {string} owner
     */
    setOwner(owner) {
        this._requireOwner();
        this._requireAccount(owner);
        storage.put("owner", owner);
        this._record("setOwner", { owner: owner });
    }

    // --- rules ---------------------------------------------------------------------------------

    _requireOwner() {
        this._requireSigner(storage.get("owner"));
    }

    _requireSigner(account) {
        if (!blockchain.requireAuth(account, "active")) {
            throw new Error("permission denied: need " + account + "@active");
        }
    }

    _requireRunning() {
        if (storage.get("paused") === "true") {
            throw new Error("transfers are paused");
        }
    }

    _requireAccount(account) {
        const exists = account.startsWith("Contract") || storage.globalMapHas("auth.iost", "auth", account);
        if (!exists) {
            throw new Error("no such account: " + account);
        }
    }

    _amount(text) {
        const value = new BigNumber(text);
        if (typeof text !== "string" || !this._isDecimal(text) || value.isNaN() || value.isZero()) {
            throw new Error("invalid amount: " + text);
        }
        if (value.decimalPlaces() > DECIMALS) {
            throw new Error("at most " + DECIMALS + " digits after the point: " + text);
        }
        return value;
    }

    /** BigNumber also reads "1e9", "0x10" and "-1"; none of them is an amount. */
    _isDecimal(text) {
        for (let i = 0; i < text.length; i++) {
            if (!"0123456789.".includes(text[i])) {
                return false;
            }
        }
        return true;
    }

    // --- books ---------------------------------------------------------------------------------

    _move(from, to, value, memo) {
        this._requireAccount(to);
        this._debit(from, value);
        this._credit(to, value);
        this._record("transfer", { from: from, to: to, amount: value.toFixed(), memo: memo });
    }

    _balance(account) {
        return new BigNumber(storage.mapGet("balance", account) || "0");
    }

    _credit(account, value) {
        this._setBalance(account, this._balance(account).plus(value));
    }

    _debit(account, value) {
        const balance = this._balance(account);
        if (balance.lt(value)) {
            throw new Error("balance not enough " + balance.toFixed() + " < " + value.toFixed());
        }
        this._setBalance(account, balance.minus(value));
    }

    _setBalance(account, balance) {
        if (balance.isZero()) {
            storage.mapDel("balance", account);
        } else {
            storage.mapPut("balance", account, balance.toFixed(), blockchain.publisher());
        }
    }

    _allowanceKey(owner) {
        return "allowance." + owner;
    }

    _allowance(owner, spender) {
        return new BigNumber(storage.mapGet(this._allowanceKey(owner), spender) || "0");
    }

    _setAllowance(owner, spender, value) {
        storage.mapPut(this._allowanceKey(owner), spender, value.toFixed(), blockchain.publisher());
    }

    _record(kind, details) {
        const text = JSON.stringify(details);
        blockchain.receipt(text);
        blockchain.event(JSON.stringify({ kind: kind, details: details }));
    }
}

module.exports = Token;
