"""What helps an author of contracts: help pages, gas profiles, coverage, the interface of a contract."""
