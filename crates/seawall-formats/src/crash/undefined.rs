//! UndefinedBehaviorSanitizer and the control-flow integrity check: `file:line:col: runtime error:`
//! and what was undefined (compiler-rt, `ubsan_diag`).

use super::draft::{Awaited, Draft, Rank};
use super::wording::{address, between};
use super::{access, runtime};

/// What is undefined, by words of the message; the first row that fits counts.
const KINDS: [(&str, &str); 46] = [
    ("misaligned address", "Misaligned-address"),
    ("load of null pointer", "Null-dereference READ"),
    ("store to null pointer", "Null-dereference WRITE"),
    ("upcast of null pointer", "Upcast-of-null-pointer"),
    ("null pointer passed as", "Invalid-null-argument"),
    ("null pointer returned from", "Invalid-null-return"),
    ("offset to null pointer", "Pointer-overflow"),
    ("to null pointer produced", "Pointer-overflow"),
    ("reference binding to null pointer", "Null-dereference"),
    ("within null pointer", "Null-dereference"),
    ("on null pointer", "Null-dereference"),
    ("of null pointer", "Null-dereference"),
    ("division by zero", "Divide-by-zero"),
    ("unsigned integer overflow", "Unsigned-integer-overflow"),
    ("integer overflow", "Integer-overflow"),
    ("negation of", "Integer-overflow"),
    ("division of", "Integer-overflow"),
    ("shift exponent", "Undefined-shift"),
    ("left shift of", "Undefined-shift"),
    ("out of bounds for type", "Index-out-of-bounds"),
    ("insufficient space for an object", "Object-size"),
    ("through pointer to incorrect function type", "Incorrect-function-pointer-type"),
    ("control flow integrity check for type", "Bad-cast"),
    ("which does not point to an object of type", "Bad-cast"),
    ("pointer index expression", "Pointer-overflow"),
    ("addition of unsigned offset", "Pointer-overflow"),
    ("subtraction of unsigned offset", "Pointer-overflow"),
    ("pointer arithmetic with base", "Pointer-overflow"),
    ("applying non-zero offset", "Pointer-overflow"),
    ("applying zero offset", "Pointer-overflow"),
    ("not a valid value for type 'bool'", "Invalid-bool-value"),
    ("not a valid value for type bool", "Invalid-bool-value"),
    ("not a valid value for type", "Invalid-enum-value"),
    ("variable length array bound", "Non-positive-vla-bound-value"),
    ("outside the range of representable values", "Float-cast-overflow"),
    ("end of a value-returning function", "No-return-value"),
    ("reached an unreachable program point", "Unreachable code"),
    ("reached a __builtin_unreachable", "Unreachable code"),
    ("passing zero to", "Invalid-builtin-use"),
    ("assumption is violated", "Assumption-violation"),
    ("implicit conversion from type", "Implicit-conversion"),
    ("alignment of", "Misaligned-address"),
    ("assumption of", "Misaligned-address"),
    ("reference to a null pointer", "Null-dereference"),
    ("index ", "Index-out-of-bounds"),
    ("downcast of address", "Bad-cast"),
];

/// `src/parse.c:12:3: runtime error: index 256 out of bounds for type 'uint8_t [256]'`.
pub(super) fn runtime_error(draft: &mut Draft, line: &str) -> bool {
    let Some((place, told)) = line.split_once(": runtime error: ") else { return false };
    if runtime::is_go(place) {
        return runtime::go_panic(draft, line);
    }
    let known = KINDS.iter().find(|(words, _)| told.contains(words));
    let class = known.map_or("Undefined-behavior", |(_, class)| class);
    if !draft.open(Rank::Verdict, class) {
        return true;
    }
    if class == "Bad-cast" {
        bad_cast(draft, told);
    }
    true
}

/// The type that an object was taken for, and its address where the message has it; what it really
/// is stands on the next line.
fn bad_cast(draft: &mut Draft, told: &str) {
    if let Some((_, rest)) = told.split_once(" address ") {
        draft.crash.address = address(rest).unwrap_or_default().to_owned();
    }
    let quoted = told.split_once("of type ").or(told.split_once("for type "));
    let Some((_, taken)) = quoted else { return };
    let taken = taken.split(" failed during ").next().unwrap_or(taken);
    let taken = taken.trim().trim_matches('\'').trim();
    draft.crash.statement = vec![format!("Bad-cast to {taken}")];
    draft.await_next(Awaited::Object(taken.to_owned()));
}

/// `0x15577a7fc900: note: object is of type 'net::QuicSession'`, below a bad cast.
pub(super) fn object(draft: &mut Draft, taken: &str, line: &str) -> bool {
    let Some((at, note)) = line.split_once(": note: ") else { return false };
    if let Some(at) = address(at) {
        draft.crash.address = at.to_owned();
    }
    let is = match note.split_once("is of type ") {
        Some((_, is)) => Some(is.trim().trim_matches('\'')),
        None if note.contains("invalid v") => Some("invalid vptr"),
        None => between(note, "vtable is of type '", "'"),
    };
    if let Some(is) = is {
        draft.crash.statement = vec![format!("Bad-cast to {taken} from {is}")];
    }
    true
}

/// Whether the access of a class is one through a null pointer.
pub(super) fn null_class(touched: &str) -> &'static str {
    if access::is_null(touched) { "Null-dereference" } else { "UNKNOWN" }
}
