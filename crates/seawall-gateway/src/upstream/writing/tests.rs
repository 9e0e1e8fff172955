use super::super::supplied::supply;
use super::*;
use proptest::prelude::*;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::lease::Lease;
use seawall_domain::engagement::scope::Scope;
use seawall_domain::id::WindowId;
use seawall_domain::time::Timestamp;
use std::task::Waker;
use uuid::Uuid;

/// Takes so much at a time, and is not ready in between.
#[derive(Default)]
struct Slow {
    taken: Vec<u8>,
    steps: Vec<usize>,
    is_next: bool,
}

impl Write for Slow {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.is_next = !this.is_next;
        if !this.is_next {
            return Poll::Pending;
        }
        let step = this.steps.pop().unwrap_or(bytes.len()).clamp(1, bytes.len().max(1));
        let bytes = &bytes[..step.min(bytes.len())];
        this.taken.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn supplied(key: &[u8]) -> Arc<Supplied> {
    // A mark that is drawn repeats nothing of itself.
    let mark = std::array::from_fn(|at| at as u8 * 5 + 3);
    let supplied = Supplied::new(mark, [2; 32]).unwrap();
    let lease = Lease {
        window: WindowId::new(Uuid::from_u128(1)),
        snapshot: Digest::new([1; 32]),
        scope: Scope::default(),
        not_after: Timestamp::UNIX_EPOCH,
        seq: 7,
    };
    let sent = supply(supplied.recipient(), &lease, key, [3; 32]).unwrap();
    supplied.hold(Some(supplied.open(&lease, &sent, [4; 32]).unwrap()));
    Arc::new(supplied)
}

/// Writes all of it as a connection does.
fn write(writing: &mut Writing<Slow>, mut bytes: &[u8]) -> io::Result<()> {
    let mut context = Context::from_waker(Waker::noop());
    while !bytes.is_empty() {
        if let Poll::Ready(count) = Pin::new(&mut *writing).poll_write(&mut context, bytes) {
            bytes = &bytes[count?..];
        }
    }
    Ok(())
}

#[test]
fn what_is_wiped_is_not_written() {
    let supplied = supplied(b"secret");
    let request = format!("POST / HTTP/1.1\r\nauthorization: Bearer {}\r\n\r\n", supplied.mark());
    supplied.wipe();
    let inner = Slow::default();
    let mut writing = Writing { inner, supplied: Some(supplied), at: None };
    assert_eq!(
        write(&mut writing, request.as_bytes()).unwrap_err().kind(),
        io::ErrorKind::BrokenPipe
    );
    let taken = String::from_utf8(writing.inner.taken).unwrap();
    assert!(taken.ends_with("Bearer "), "{taken}");
}

proptest! {
    /// Wherever the marks stand, and however little is taken at a time.
    #[test]
    fn each_mark_becomes_the_key(
        parts in prop::collection::vec("[a-f0-9 ]{0,9}", 1..6),
        steps in prop::collection::vec(1usize..9, 0..40),
        key in "[!-~]{1,40}",
    ) {
        let supplied = supplied(key.as_bytes());
        let asked = parts.join(supplied.mark());
        let inner = Slow { steps, ..Slow::default() };
        let mut writing = Writing { inner, supplied: Some(Arc::clone(&supplied)), at: None };
        write(&mut writing, asked.as_bytes()).unwrap();
        let taken = String::from_utf8(writing.inner.taken).unwrap();
        prop_assert_eq!(taken, parts.join(&key));
        let mut plain = Writing { inner: Slow::default(), supplied: None, at: None };
        write(&mut plain, asked.as_bytes()).unwrap();
        prop_assert_eq!(plain.inner.taken, asked.into_bytes());
    }
}
