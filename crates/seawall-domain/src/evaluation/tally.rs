//! The tally of a run: what its log says was spent, held against what the gateway counted.
//!
//! All traffic with the model under test passes our gateway, which counts requests and tokens by
//! itself. A log that tells of fewer tokens hides attempts or a larger budget; one that tells of
//! more had another way to a model (FRONTIER 2.1, 2.4).

use super::finding::{Code, Finding};
use super::log::Usage;
use serde::{Deserialize, Serialize};

/// A difference beyond this share of the gateway's count, in thousandths, is a finding.
pub const TOLERANCE_PER_MILLE: u64 = 10;

/// What a gateway counted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Requests that were sent on.
    pub requests: u64,
    /// Of these, how many came to their end, so that the provider told what they used.
    pub whole: u64,
    /// Tokens of those that came to their end.
    pub tokens: u64,
    /// Tokens that count for the others: what was set aside for them, which is the most they used.
    pub tokens_unsettled: u64,
}

impl Tally {
    /// Counts a request that came to its end.
    pub fn settle(&mut self, tokens_in: u64, tokens_out: u64) {
        self.whole = self.whole.saturating_add(1);
        self.tokens = self.tokens.saturating_add(tokens_in).saturating_add(tokens_out);
    }

    /// Counts a request of which nobody knows all that it used.
    pub fn leave_open(&mut self, tokens_in: u64, tokens_out: u64) {
        self.tokens_unsettled =
            self.tokens_unsettled.saturating_add(tokens_in).saturating_add(tokens_out);
    }
}

/// Both counts side by side.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Reconciled {
    /// By the log.
    pub log_tokens: u64,
    /// By the gateway.
    pub gateway: Tally,
    /// Whether the log's count can be true.
    pub agrees: bool,
}

/// Both counts of a run, as a determination keeps them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// By the logs that it is about, together.
    pub log_tokens: u64,
    /// By the gateway.
    pub gateway: Tally,
}

impl Account {
    /// Both counts. Tokens read from or written to a cache are tokens that went in.
    pub fn of(log: &Usage, gateway: Tally) -> Account {
        let went_in = log.input.saturating_add(log.cache_read).saturating_add(log.cache_write);
        Account { log_tokens: went_in.saturating_add(log.output), gateway }
    }

    /// Whether the log's count can be true.
    pub fn agrees(&self) -> bool {
        let Account { log_tokens, gateway } = *self;
        let most = gateway.tokens.saturating_add(gateway.tokens_unsettled);
        let slack = |tokens: u64| tokens.saturating_mul(TOLERANCE_PER_MILLE) / 1000;
        log_tokens.saturating_add(slack(gateway.tokens)) >= gateway.tokens
            && log_tokens <= most.saturating_add(slack(most))
    }
}

/// Compares both counts.
pub fn reconcile(log: &Usage, gateway: Tally) -> Reconciled {
    let account = Account::of(log, gateway);
    Reconciled { log_tokens: account.log_tokens, gateway, agrees: account.agrees() }
}

impl Reconciled {
    /// What is to be said about it; none when the log's count can be true.
    pub fn finding(&self) -> Option<Finding> {
        let Reconciled { log_tokens, gateway, agrees } = self;
        let Tally { requests, tokens, tokens_unsettled, .. } = gateway;
        let what = format!(
            "the log tells of {log_tokens} tokens, the gateway of {tokens} in {requests} requests, \
             and at most {tokens_unsettled} more"
        );
        (!agrees).then(|| Finding::new(Code::UsageMismatch, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_tells_of_other_tokens_is_found() {
        let check = |log: u64, tokens: u64, unsettled: u64, agrees: bool| {
            let usage = Usage { input: log, ..Usage::default() };
            let mut tally = Tally { requests: 2, ..Tally::default() };
            tally.settle(tokens, 0);
            tally.leave_open(0, unsettled);
            let told = reconcile(&usage, tally);
            assert_eq!(told.agrees, agrees, "{log} {tokens} {unsettled}");
            assert_eq!(told.finding().is_none(), agrees);
        };
        check(0, 0, 0, true);
        check(1, 0, 0, false);
        check(1000, 1000, 0, true);
        check(990, 1000, 0, true);
        check(989, 1000, 0, false);
        check(1010, 1000, 0, true);
        check(1011, 1000, 0, false);
        check(1300, 1000, 300, true);
        check(1400, 1000, 300, false);
        check(u64::MAX, u64::MAX, u64::MAX, true);
    }

    #[test]
    fn cached_tokens_went_in() {
        let usage =
            Usage { input: 1, output: 2, cache_read: 3, cache_write: 4, reasoning: 2, total: 10 };
        let mut tally = Tally { requests: 1, ..Tally::default() };
        tally.settle(8, 2);
        assert_eq!(reconcile(&usage, tally).log_tokens, 10);
        assert!(reconcile(&usage, tally).agrees);
    }
}
