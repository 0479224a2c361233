/**
 * English auctions: lots are offered, bids rise, the highest bid at the end wins.
 *
 * The contract holds the leading bid of every lot in IOST; whoever is outbid gets it back in the same
 * transaction. A bid in the last minute prolongs the auction, so that nobody wins by being late.
 */
const MINIMUM_SECONDS = 60;
const MAXIMUM_SECONDS = 30 * 24 * 3600;
const LAST_CALL_SECONDS = 60;
const MINIMUM_RAISE = "1.05";
const LEAST_AMOUNT = "0.01";
const DECIMALS = 8;

class Auction {
    init() {
        storage.put("nextLot", "1");
    }

    /**
     * Replace the contract's code; only its owner may.
     * @param {string} data
     */
    can_update(data) {
        return blockchain.requireAuth(blockchain.contractOwner(), "active");
    }

    /**
     * Offer a lot; returns its number.
     * @param {string} seller
     * @param {string} title
     * @param {string} reserve the lowest bid in IOST
     * @param {number} seconds how long bids are taken
     */
    open(seller, title, reserve, seconds) {
        this._requireSigner(seller);
        if (title.length === 0 || title.length > 100) {
            throw new Error("a title has 1 to 100 characters");
        }
        if (seconds < MINIMUM_SECONDS || seconds > MAXIMUM_SECONDS) {
            throw new Error("an auction takes " + MINIMUM_SECONDS + " to " + MAXIMUM_SECONDS + " seconds");
        }
        const number = storage.get("nextLot");
        storage.put("nextLot", new Int64(number).plus(1).toString());
        const lot = {
            seller: seller,
            title: title,
            reserve: this._amount(reserve).toFixed(),
            endsAt: this._now() + seconds,
            bidder: "",
            bid: "0",
            bids: 0,
            state: "open"
        };
        this._save(number, lot);
        this._record("open", number, lot);
        return number;
    }

    /**
     * Bid on a lot: the amount moves into the contract, the bid before it moves back.
     * @param {string} bidder
     * @param {string} number
     * @param {string} amount
     * @amountLimit iost unlimited
     */
    bid(bidder, number, amount) {
        this._requireSigner(bidder);
        const lot = this._openLot(number);
        const now = this._now();
        if (now >= lot.endsAt) {
            throw new Error("the auction is over");
        }
        if (bidder === lot.seller) {
            throw new Error("the seller cannot bid");
        }
        const value = this._amount(amount);
        const least = this._leastBid(lot);
        if (value.lt(least)) {
            throw new Error("bid too low: " + value.toFixed() + " < " + least.toFixed());
        }
        const outbid = lot.bidder;
        const returned = lot.bid;
        lot.bidder = bidder;
        lot.bid = value.toFixed();
        lot.bids = lot.bids + 1;
        if (lot.endsAt - now < LAST_CALL_SECONDS) {
            lot.endsAt = now + LAST_CALL_SECONDS;
        }
        this._save(number, lot);
        this._record("bid", number, lot);
        blockchain.deposit(bidder, lot.bid, "bid on lot " + number);
        if (outbid !== "") {
            blockchain.withdraw(outbid, returned, "outbid on lot " + number);
        }
    }

    /**
     * Settle a lot whose time is over; anyone may. The seller is paid, the winner is recorded.
     * @param {string} number
     */
    close(number) {
        const lot = this._openLot(number);
        if (this._now() < lot.endsAt) {
            throw new Error("the auction runs for another " + (lot.endsAt - this._now()) + " s");
        }
        lot.state = lot.bidder === "" ? "unsold" : "sold";
        this._save(number, lot);
        this._record("close", number, lot);
        if (lot.state === "sold") {
            blockchain.withdraw(lot.seller, lot.bid, "lot " + number + " sold");
        }
        return lot.state;
    }

    /**
     * Take a lot back on which nobody has bid yet.
     * @param {string} number
     */
    cancel(number) {
        const lot = this._openLot(number);
        this._requireSigner(lot.seller);
        if (lot.bidder !== "") {
            throw new Error("there is a bid already");
        }
        lot.state = "cancelled";
        this._save(number, lot);
        this._record("cancel", number, lot);
    }

    /**
     * All about a lot.
     * @param {string} number
     */
    lot(number) {
        return this._load(number);
    }

    /**
     * The lowest bid that would lead now.
     * @param {string} number
     */
    leastBid(number) {
        return this._leastBid(this._openLot(number)).toFixed();
    }

    // --- rules ---------------------------------------------------------------------------------

    _requireSigner(account) {
        if (!blockchain.requireAuth(account, "active")) {
            throw new Error("permission denied: need " + account + "@active");
        }
    }

    _amount(text) {
        const value = new BigNumber(text);
        if (value.isNaN() || value.lt(LEAST_AMOUNT) || value.decimalPlaces() > DECIMALS) {
            throw new Error("invalid amount: " + text);
        }
        return value;
    }

    _leastBid(lot) {
        if (lot.bidder === "") {
            return new BigNumber(lot.reserve);
        }
        return new BigNumber(new BigNumber(lot.bid).times(MINIMUM_RAISE).toFixed(DECIMALS));
    }

    /** Block time in whole seconds; nanoseconds would not fit a number exactly. */
    _now() {
        return Math.floor(block.time / 1e9);
    }

    // --- books ---------------------------------------------------------------------------------

    _load(number) {
        const text = storage.mapGet("lot", number);
        if (text === null) {
            throw new Error("no such lot: " + number);
        }
        return JSON.parse(text);
    }

    _openLot(number) {
        const lot = this._load(number);
        if (lot.state !== "open") {
            throw new Error("the lot is " + lot.state);
        }
        return lot;
    }

    _save(number, lot) {
        storage.mapPut("lot", number, JSON.stringify(lot), blockchain.publisher());
    }

    _record(kind, number, lot) {
        blockchain.receipt(JSON.stringify([kind, number, lot.bidder, lot.bid]));
        const details = { lot: number, bidder: lot.bidder, bid: lot.bid, endsAt: lot.endsAt };
        blockchain.event(JSON.stringify({ kind: kind, details: details }));
    }
}

module.exports = Auction;
