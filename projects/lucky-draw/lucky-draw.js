/**
 * A game of last buyer wins. Everyone buys keys; each purchase sets the clock forward; whoever bought last
 * when the clock runs out takes half of the pot, and the rest starts the next round.
 *
 * Of every purchase SHARE_FOR_HOLDERS goes to those who held keys before it, in proportion to their keys, and
 * the rest into the pot. Dividends are booked with one growing number, the dividend per key, so that a
 * purchase costs the same with ten players and with ten thousand.
 */
const FIRST_PRICE = "1";
const PRICE_STEP = "0.01";
const SHARE_FOR_HOLDERS = "0.4";
const SHARE_FOR_WINNER = "0.5";
const SECONDS_PER_KEY = 30;
const LONGEST_WAIT = 3600;
const MAXIMUM_KEYS = 1000;
const LEAST_WITHDRAWAL = "0.01";
const DECIMALS = 8;

class LuckyDraw {
    init() {
        this._saveRound({
            number: 1,
            endsAt: 0,
            leader: "",
            keys: 0,
            pot: "0",
            dividendPerKey: "0"
        });
    }

    /**
     * Replace the contract's code; only its owner may.
     * @param {string} data
     */
    can_update(data) {
        return blockchain.requireAuth(blockchain.contractOwner(), "active");
    }

    /**
     * Buy keys. The price rises with every key sold; `highestCost` guards against others being faster.
     * @param {string} player
     * @param {number} keys
     * @param {string} highestCost
     * @amountLimit iost unlimited
     */
    buy(player, keys, highestCost) {
        this._requireSigner(player);
        if (keys < 1 || keys > MAXIMUM_KEYS) {
            throw new Error("1 to " + MAXIMUM_KEYS + " keys can be bought at once");
        }
        const round = this._round();
        const now = this._now();
        if (this._isOver(round, now)) {
            throw new Error("round " + round.number + " is over: call settle");
        }
        const cost = this._cost(round.keys, keys);
        if (cost.gt(this._amount(highestCost))) {
            throw new Error("the price has moved: " + keys + " keys cost " + cost.toFixed());
        }

        this._distribute(round, cost);
        const record = this._settled(player, round);
        record.keys = record.keys + keys;
        round.keys = round.keys + keys;
        round.leader = player;
        const clock = round.endsAt === 0 ? now : round.endsAt;
        round.endsAt = Math.min(clock + keys * SECONDS_PER_KEY, now + LONGEST_WAIT);
        this._savePlayer(player, record);
        this._saveRound(round);
        blockchain.deposit(player, cost.toFixed(), "keys");
        this._record("buy", { player: player, keys: keys, cost: cost.toFixed(), endsAt: round.endsAt });
        return cost.toFixed();
    }

    /** End a round whose clock has run out; anyone may. Returns the winner. */
    settle() {
        const round = this._round();
        if (!this._isOver(round, this._now())) {
            throw new Error("round " + round.number + " is still open");
        }
        const pot = new BigNumber(round.pot);
        const prize = this._truncated(pot.times(SHARE_FOR_WINNER));
        storage.mapPut("dividendPerKey", this._field(round.number), round.dividendPerKey);
        storage.mapPut("winner", this._field(round.number), round.leader);
        this._saveRound({
            number: round.number + 1,
            endsAt: 0,
            leader: "",
            keys: 0,
            pot: pot.minus(prize).toFixed(),
            dividendPerKey: "0"
        });
        blockchain.withdraw(round.leader, prize.toFixed(), "round " + round.number);
        this._record("settle", { round: round.number, winner: round.leader, prize: prize.toFixed() });
        return round.leader;
    }

    /**
     * Pay out a player's dividends; returns the amount.
     * @param {string} player
     */
    withdraw(player) {
        this._requireSigner(player);
        const record = this._settled(player, this._round());
        const amount = this._truncated(new BigNumber(record.owed));
        if (amount.lt(LEAST_WITHDRAWAL)) {
            throw new Error("at least " + LEAST_WITHDRAWAL + " can be withdrawn, not " + amount.toFixed());
        }
        record.owed = new BigNumber(record.owed).minus(amount).toFixed();
        this._savePlayer(player, record);
        blockchain.withdraw(player, amount.toFixed(), "dividends");
        this._record("withdraw", { player: player, amount: amount.toFixed() });
        return amount.toFixed();
    }

    /** The running round. */
    round() {
        return this._round();
    }

    /**
     * Who won a round; empty while it runs.
     * @param {number} number
     */
    winner(number) {
        return storage.mapGet("winner", this._field(number)) || "";
    }

    /**
     * A player's keys in the running round and dividends.
     * @param {string} player
     */
    player(player) {
        const record = this._settled(player, this._round());
        return { keys: record.keys, owed: this._truncated(new BigNumber(record.owed)).toFixed() };
    }

    /**
     * What a number of keys costs now.
     * @param {number} keys
     */
    cost(keys) {
        return this._cost(this._round().keys, keys).toFixed();
    }

    // --- rules ---------------------------------------------------------------------------------

    _requireSigner(account) {
        if (!blockchain.requireAuth(account, "active")) {
            throw new Error("permission denied: need " + account + "@active");
        }
    }

    _amount(text) {
        const value = new BigNumber(text);
        if (value.isNaN() || !value.gt("0")) {
            throw new Error("invalid amount: " + text);
        }
        return value;
    }

    /** Block time in whole seconds; nanoseconds would not fit a number exactly. */
    _now() {
        return Math.floor(block.time / 1e9);
    }

    _isOver(round, now) {
        return round.endsAt !== 0 && now >= round.endsAt;
    }

    /** The sum of `count` rising prices: an arithmetic series. */
    _cost(sold, count) {
        const first = new BigNumber(PRICE_STEP).times(sold).plus(FIRST_PRICE);
        const rise = new BigNumber(PRICE_STEP).times(count * (count - 1) / 2);
        return first.times(count).plus(rise);
    }

    /** Book a payment: the holders' share onto the dividend per key, the rest into the pot. */
    _distribute(round, cost) {
        let pot = new BigNumber(round.pot).plus(cost);
        if (round.keys > 0) {
            const share = cost.times(SHARE_FOR_HOLDERS);
            const perKey = this._truncated(share.div(round.keys));
            round.dividendPerKey = perKey.plus(round.dividendPerKey).toFixed();
            pot = pot.minus(perKey.times(round.keys));
        }
        round.pot = pot.toFixed();
    }

    /** Whole units of the token's smallest part, always downwards: what is not paid stays in the pot. */
    _truncated(value) {
        return new BigNumber(value.toFixed(DECIMALS));
    }

    // --- books ---------------------------------------------------------------------------------

    /** A map's field is text. */
    _field(number) {
        return number.toString();
    }

    _round() {
        return JSON.parse(storage.get("round"));
    }

    _saveRound(round) {
        storage.put("round", JSON.stringify(round));
    }

    /** A player's record with all dividends up to now added to `owed`. */
    _settled(player, round) {
        const text = storage.mapGet("player", player);
        if (text === null) {
            return { round: round.number, keys: 0, paidPerKey: round.dividendPerKey, owed: "0" };
        }
        const record = JSON.parse(text);
        const isOld = record.round !== round.number;
        const perKey = isOld ? storage.mapGet("dividendPerKey", this._field(record.round)) : round.dividendPerKey;
        const earned = new BigNumber(perKey).minus(record.paidPerKey).times(record.keys);
        record.owed = earned.plus(record.owed).toFixed();
        record.paidPerKey = round.dividendPerKey;
        if (isOld) {
            record.round = round.number;
            record.keys = 0;
        }
        return record;
    }

    _savePlayer(player, record) {
        storage.mapPut("player", player, JSON.stringify(record), player);
    }

    _record(kind, details) {
        blockchain.receipt(JSON.stringify([kind, details]));
        blockchain.event(JSON.stringify({ kind: kind, details: details }));
    }
}

module.exports = LuckyDraw;
