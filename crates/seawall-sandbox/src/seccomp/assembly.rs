//! Rules of calls as a program of the kernel's small filter machine (classic BPF, seccomp(2)).
//!
//! Calls are found by halving the range of numbers, so that the longest way through some three
//! hundred calls is a dozen comparisons; neighbours with the same answer are one range. That
//! matters at start-up too: the kernel walks the program once for every number there is.

use nix::libc;

/// What is done about one call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Rule {
    /// It is made.
    Allow,
    /// It is made when all tests of one alternative hold; otherwise this error is told, and 0
    /// tells a success.
    When { alternatives: Vec<Vec<Test>>, otherwise: u32 },
    /// This error is told.
    Tell(u32),
}

/// One look at one argument of a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Test {
    /// The lower half, under a mask, is this.
    Is { argument: u32, mask: u32, value: u32 },
    /// The lower half is anything but this.
    IsNot { argument: u32, value: u32 },
    /// The whole argument is zero.
    IsNull { argument: u32 },
}

/// A program that is longer is refused by the kernel.
const STEPS_MAX: usize = 4096;
const ALLOW: u32 = 0x7fff_0000;
const TELL: u32 = 0x0005_0000;
const END_PROCESS: u32 = 0x8000_0000;
/// Places in `struct seccomp_data`.
const AT_CALL: u32 = 0;
const AT_ARCHITECTURE: u32 = 4;
const AT_ARGUMENTS: u32 = 16;

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const MASK: u16 = (libc::BPF_ALU | libc::BPF_AND | libc::BPF_K) as u16;
const IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const IF_AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const JUMP: u16 = (libc::BPF_JMP | libc::BPF_JA) as u16;
const ANSWER: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

type Step = libc::sock_filter;

fn step(code: u16, k: u32) -> Step {
    Step { code, jt: 0, jf: 0, k }
}

fn choice(code: u16, k: u32, jt: u8, jf: u8) -> Step {
    Step { code, jt, jf, k }
}

/// A range of numbers from `first` on, up to the next one.
struct Range<'a> {
    first: u32,
    rule: &'a Rule,
}

/// The program for these calls, which stand in the order of their numbers, each once; calls that
/// are not among them are not there. `None` when the rules can't be a program.
pub(super) fn assemble(architecture: u32, calls: &[(u32, Rule)]) -> Option<Vec<Step>> {
    let absent = Rule::Tell(libc::ENOSYS.unsigned_abs());
    let mut ranges = vec![Range { first: 0, rule: &absent }];
    let mut next = 0;
    for (number, rule) in calls {
        if *number < next {
            return None;
        }
        if *number > next {
            extend(&mut ranges, next, &absent);
        }
        extend(&mut ranges, *number, rule);
        next = number.checked_add(1)?;
    }
    extend(&mut ranges, next, &absent);
    let mut program = vec![
        step(LOAD, AT_ARCHITECTURE),
        choice(IF_EQUAL, architecture, 1, 0),
        step(ANSWER, END_PROCESS),
        step(LOAD, AT_CALL),
    ];
    program.extend(search(&ranges)?);
    (program.len() <= STEPS_MAX).then_some(program)
}

fn extend<'a>(ranges: &mut Vec<Range<'a>>, first: u32, rule: &'a Rule) {
    match ranges.last_mut() {
        Some(last) if last.first == first => last.rule = rule,
        Some(last) if last.rule == rule => {}
        Some(_) | None => ranges.push(Range { first, rule }),
    }
}

/// Finds the range of a number by halving; deep as the logarithm of their count.
fn search(ranges: &[Range<'_>]) -> Option<Vec<Step>> {
    let (lower, upper) = ranges.split_at(ranges.len() / 2);
    if lower.is_empty() {
        return answer(upper.first()?.rule);
    }
    let (left, right) = (search(lower)?, search(upper)?);
    let (middle, over) = (upper.first()?.first, left.len());
    let mut program = Vec::with_capacity(over + right.len() + 2);
    if let Ok(over) = u8::try_from(over) {
        program.push(choice(IF_AT_LEAST, middle, over, 0));
    } else {
        program.push(choice(IF_AT_LEAST, middle, 0, 1));
        program.push(step(JUMP, u32::try_from(over).ok()?));
    }
    program.extend(left);
    program.extend(right);
    Some(program)
}

fn answer(rule: &Rule) -> Option<Vec<Step>> {
    match rule {
        Rule::Allow => Some(vec![step(ANSWER, ALLOW)]),
        Rule::Tell(error) => Some(vec![step(ANSWER, TELL | error)]),
        Rule::When { alternatives, otherwise } => {
            let mut program = Vec::new();
            for tests in alternatives {
                program.extend(alternative(tests)?);
            }
            program.push(step(ANSWER, TELL | otherwise));
            Some(program)
        }
    }
}

/// Every test must hold; the first that does not leads to behind the answer.
fn alternative(tests: &[Test]) -> Option<Vec<Step>> {
    let mut program = vec![step(ANSWER, ALLOW)];
    for test in tests.iter().rev() {
        let out = u8::try_from(program.len()).ok()?;
        let mut looks = Vec::new();
        match *test {
            Test::Is { argument, mask, value } => {
                looks.push(step(LOAD, AT_ARGUMENTS + 8 * argument));
                if mask != u32::MAX {
                    looks.push(step(MASK, mask));
                }
                looks.push(choice(IF_EQUAL, value, 0, out));
            }
            Test::IsNot { argument, value } => {
                looks.push(step(LOAD, AT_ARGUMENTS + 8 * argument));
                looks.push(choice(IF_EQUAL, value, out, 0));
            }
            Test::IsNull { argument } => {
                looks.push(step(LOAD, AT_ARGUMENTS + 8 * argument));
                looks.push(choice(IF_EQUAL, 0, 0, out.checked_add(2)?));
                looks.push(step(LOAD, AT_ARGUMENTS + 8 * argument + 4));
                looks.push(choice(IF_EQUAL, 0, 0, out));
            }
        }
        looks.extend(program);
        program = looks;
    }
    Some(program)
}

#[cfg(test)]
mod tests;
