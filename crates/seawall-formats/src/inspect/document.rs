//! The `.json` log: the header's members first, then `samples` and `reductions`.
//!
//! Members are read in whatever order they come. Samples are read one by one, and never all held.
//! Which members of their metadata are kept, the header says; where it comes after them, the
//! document is read a second time.

use super::header::Draft;
use super::listen::Listener;
use super::sample::{Fields, Held};
use super::scan::{Scan, Scanned};
use super::{FORMAT, OBSERVATIONS_MAX, sample};
use crate::fault::FormatFault;
use seawall_domain::evaluation::finding::{Code, Finding};
use seawall_domain::evaluation::log::{Header, Log};
use std::io::{Read, Seek};

/// Reads a log, of whose samples these fields are asked.
pub(super) fn read<S: Read + Seek>(source: &mut S, asked: &Fields) -> Result<Log, FormatFault> {
    let (log, fields) = pass(&mut *source, asked)?;
    let clusters = log.header.clusters();
    if clusters.iter().all(|field| fields.get(field).is_some()) {
        return Ok(log);
    }
    let fields = fields.with(clusters);
    drop(log);
    super::rewind(source)?;
    Ok(pass(source, &fields)?.0)
}

/// Reads it once, and says which fields of its samples were kept.
fn pass<R: Read>(source: R, asked: &Fields) -> Result<(Log, Fields), FormatFault> {
    let mut scan = Scan::new(source, "the document");
    let (mut draft, mut held) = (Draft::default(), Held::default());
    let mut fields = asked.with([]);
    let (mut observations, mut reductions, mut odd) = (Vec::new(), None, Vec::new());
    scan.once(&mut |scan, name| match name {
        "samples" => {
            // Of two lists the last counts, as for whoever reads the whole document.
            (observations, odd) = (Vec::new(), Vec::new());
            fields = fields.with(draft.clusters().iter().map(String::as_str));
            held.know(draft.tasks());
            scan.list(&mut |scan| {
                match sample::sample(scan, &fields, &mut held)? {
                    Some(seen) => observations.push(seen),
                    None => {
                        let what = "one of the samples has no id, or no epoch";
                        odd.push(Finding::new(Code::UnsupportedShape, what));
                    }
                }
                if observations.len() + odd.len() > OBSERVATIONS_MAX {
                    return Err(scan.fault(format!("it has more than {OBSERVATIONS_MAX} samples")));
                }
                Ok(())
            })
        }
        "reductions" => {
            let all = sample::reductions(scan, &mut held)?;
            reductions = Some(all).filter(|all| !all.is_empty());
            Ok(())
        }
        _ => draft.member(scan, name),
    })?;
    scan.end()?;
    if !draft.is_there() {
        return Err(no_log());
    }
    observations.shrink_to_fit();
    let (header, mut findings) = draft.finish(None)?;
    findings.extend(odd);
    findings.extend(scan.findings());
    Ok((Log { header, observations, summaries: None, reductions, findings }, fields))
}

/// What was said, sample by sample, by whoever listens.
pub(super) fn heard<R: Read, L: Listener>(
    source: R,
    begin: &dyn Fn() -> L,
    each: &mut dyn FnMut(L::Heard),
) -> Result<(), FormatFault> {
    let mut scan = Scan::new(source, "the document");
    let mut count = 0_usize;
    scan.object(&mut |scan, name| match name {
        "samples" => scan.list(&mut |scan| {
            let mut listener = begin();
            listener.body(scan)?;
            listener.finish().into_iter().for_each(&mut *each);
            count = count.saturating_add(1);
            if count > OBSERVATIONS_MAX {
                return Err(scan.fault(format!("it has more than {OBSERVATIONS_MAX} samples")));
            }
            Ok(())
        }),
        _ => scan.skip(),
    })?;
    scan.end()
}

/// Reads only what the log says of the run as a whole, and nothing from its samples on.
pub(super) fn header<R: Read>(source: R) -> Result<Header, FormatFault> {
    let mut scan = Scan::new(source, "the document");
    let mut draft = Draft::default();
    let mut done = false;
    let read: Scanned<()> = scan.object(&mut |scan, name| {
        if name == "samples" {
            done = true;
            return Err(scan.fault("the samples begin"));
        }
        draft.member(scan, name)
    });
    // The reading is broken off on purpose where the samples begin.
    if !done {
        read?;
    }
    if !draft.is_there() {
        return Err(no_log());
    }
    Ok(draft.finish(None)?.0)
}

fn no_log() -> FormatFault {
    FormatFault::new(FORMAT, "the document", "it has no member `eval`, and so is no log")
}
