/**
 * A price oracle: a few trusted feeders report what things cost in dollars, and the answer is the median of
 * the fresh reports, so that one wrong or silent feeder does not matter.
 */
const MAXIMUM_FEEDERS = 7;
const MAXIMUM_AGE_SECONDS = 600;

class Oracle {
    init() {
        storage.put("feeders", "[]");
    }

    /**
     * Replace the contract's code; only its owner may.
     * @param {string} data
     */
    can_update(data) {
        return blockchain.requireAuth(blockchain.contractOwner(), "active");
    }

    /**
     * Trust a feeder; only the owner may.
     * @param {string} account
     */
    addFeeder(account) {
        this._requireSigner(blockchain.contractOwner());
        const feeders = this._feeders();
        if (feeders.includes(account)) {
            throw new Error(account + " is a feeder already");
        }
        if (feeders.length === MAXIMUM_FEEDERS) {
            throw new Error("there are " + MAXIMUM_FEEDERS + " feeders already");
        }
        feeders.push(account);
        storage.put("feeders", JSON.stringify(feeders));
        blockchain.receipt(JSON.stringify(["addFeeder", account]));
    }

    /**
     * Stop trusting a feeder; only the owner may.
     * @param {string} account
     */
    removeFeeder(account) {
        this._requireSigner(blockchain.contractOwner());
        const feeders = this._feeders();
        const position = feeders.indexOf(account);
        if (position === -1) {
            throw new Error(account + " is not a feeder");
        }
        feeders.splice(position, 1);
        storage.put("feeders", JSON.stringify(feeders));
        blockchain.receipt(JSON.stringify(["removeFeeder", account]));
    }

    /**
     * Report a price.
     * @param {string} feeder
     * @param {string} asset
     * @param {string} price
     */
    report(feeder, asset, price) {
        this._requireSigner(feeder);
        if (!this._feeders().includes(feeder)) {
            throw new Error(feeder + " is not a feeder");
        }
        const value = new BigNumber(price);
        if (value.isNaN() || !value.gt("0")) {
            throw new Error("invalid price: " + price);
        }
        const report = { price: value.toFixed(), time: this._now() };
        storage.mapPut(this._key(asset), feeder, JSON.stringify(report), feeder);
        blockchain.event(JSON.stringify({ kind: "report", asset: asset, feeder: feeder, price: report.price }));
    }

    /**
     * The median of the fresh reports; throws if there is none.
     * @param {string} asset
     */
    price(asset) {
        const key = this._key(asset);
        const oldest = this._now() - MAXIMUM_AGE_SECONDS;
        const prices = [];
        for (const feeder of this._feeders()) {
            const text = storage.mapGet(key, feeder);
            if (text !== null) {
                const report = JSON.parse(text);
                if (report.time >= oldest) {
                    prices.push(new BigNumber(report.price));
                }
            }
        }
        if (prices.length === 0) {
            throw new Error("no fresh price for " + asset);
        }
        prices.sort(function (a, b) {
            return a.comparedTo(b);
        });
        const middle = Math.floor(prices.length / 2);
        if (prices.length % 2 === 1) {
            return prices[middle].toFixed();
        }
        return prices[middle - 1].plus(prices[middle]).div(2).toFixed();
    }

    /** Who may report. */
    feeders() {
        return this._feeders();
    }

    _requireSigner(account) {
        if (!blockchain.requireAuth(account, "active")) {
            throw new Error("permission denied: need " + account + "@active");
        }
    }

    /** Block time in whole seconds; nanoseconds would not fit a number exactly. */
    _now() {
        return Math.floor(block.time / 1e9);
    }

    _feeders() {
        return JSON.parse(storage.get("feeders"));
    }

    _key(asset) {
        return "price." + asset;
    }
}

module.exports = Oracle;
