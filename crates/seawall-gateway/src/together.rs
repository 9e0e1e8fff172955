//! Signatures that come at the same time, verified together, which takes half as long as one after
//! another. Nobody waits for company: who comes while others are verified is in the next round.

use seawall_ledger::sign::{Claim, hold_together};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// How many are verified in one go, so that nobody waits for too many others.
const TOGETHER_MAX: usize = 32;

/// Those who wait for a verdict.
#[derive(Debug, Default)]
pub(crate) struct Together {
    waiting: Arc<Mutex<Vec<Waiting>>>,
}

#[derive(Debug)]
struct Waiting {
    claim: Claim,
    verdict: oneshot::Sender<bool>,
}

impl Together {
    /// Whether the claim holds.
    pub async fn holds(&self, claim: Claim) -> bool {
        let (verdict, told) = oneshot::channel();
        if self.join(Waiting { claim, verdict }) {
            let waiting = Arc::clone(&self.waiting);
            // A task of its own: it goes on when the one who began it is gone.
            tokio::spawn(async move {
                // Whoever is ready now can still join.
                tokio::task::yield_now().await;
                let round = std::mem::take(&mut *lock(&waiting));
                settle(round);
            });
        }
        told.await.unwrap_or(false)
    }

    /// Joins the round that is next, and says whether it is to be begun.
    fn join(&self, one: Waiting) -> bool {
        let mut waiting = lock(&self.waiting);
        waiting.push(one);
        waiting.len() == 1
    }
}

fn lock(waiting: &Mutex<Vec<Waiting>>) -> MutexGuard<'_, Vec<Waiting>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells each whether their claim holds. Where a sum fails, each is looked at alone: whoever sends
/// what does not hold makes others wait a little, and never fail.
fn settle(round: Vec<Waiting>) {
    let verdicts: Vec<bool> = round.chunks(TOGETHER_MAX).flat_map(verdicts).collect();
    for (one, holds) in round.into_iter().zip(verdicts) {
        // Whoever does not wait any more does not need to know.
        let _ = one.verdict.send(holds);
    }
}

fn verdicts(group: &[Waiting]) -> Vec<bool> {
    let claims: Vec<&Claim> = group.iter().map(|one| &one.claim).collect();
    match claims.len() > 1 && hold_together(&claims) {
        true => vec![true; claims.len()],
        false => claims.into_iter().map(Claim::holds).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_ledger::sign::SigningKey;

    fn claim(number: u8, signed: u8) -> Claim {
        let key = SigningKey::from_seed([number; 32]);
        let (bytes, signature) = (vec![number; 40], key.sign(&[signed; 40]));
        Claim { key: key.public(), bytes, signature }
    }

    async fn check(claims: Vec<Claim>, expected: &[bool]) {
        let together = Together::default();
        let asked = claims.into_iter().map(|claim| together.holds(claim));
        assert_eq!(futures_util::future::join_all(asked).await, expected);
    }

    #[tokio::test]
    async fn each_has_their_own_verdict() {
        check(vec![claim(1, 1)], &[true]).await;
        check(vec![claim(1, 2)], &[false]).await;
        check(vec![claim(1, 1), claim(2, 2), claim(3, 3)], &[true; 3]).await;
        check(vec![claim(1, 1), claim(2, 9), claim(3, 3)], &[true, false, true]).await;
        check(vec![claim(1, 9), claim(2, 9)], &[false; 2]).await;
        // More than one group, and the one that fails is the last of all.
        let number = 2 * TOGETHER_MAX as u8 + 1;
        let mut claims: Vec<Claim> = (0..number).map(|at| claim(at, at)).collect();
        claims.push(claim(number, 0));
        let mut expected = vec![true; number.into()];
        expected.push(false);
        check(claims, &expected).await;
    }

    #[tokio::test]
    async fn who_goes_leaves_the_others_their_verdict() {
        let together = Together::default();
        let mut gone = Box::pin(together.holds(claim(1, 1)));
        tokio::select! {
            biased;
            _ = &mut gone => panic!("the round is not verified yet"),
            () = std::future::ready(()) => {}
        }
        let second = together.holds(claim(2, 2));
        drop(gone);
        assert!(second.await);
        assert!(together.holds(claim(3, 3)).await, "the next round is begun");
    }
}
