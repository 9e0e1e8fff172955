//! Varying an attack: other inputs that should show the same flaw.

/// No attack has more variants than this.
pub(crate) const VARIANTS_MAX: usize = 64;

/// One variant of an attack's input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Variant {
    /// The mutator that made it.
    pub name: &'static str,
    /// The input.
    pub bytes: Vec<u8>,
}

/// The variants of an input, most promising first: no two equal, none equal to the input.
pub(crate) fn variants(input: &[u8]) -> Vec<Variant> {
    let mut all = vec![Variant { name: "twice", bytes: [input, input].concat() }];
    all.retain(|variant| variant.bytes != input);
    all.truncate(VARIANTS_MAX);
    all
}
